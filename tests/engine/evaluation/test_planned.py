from __future__ import annotations

from dataclasses import replace
from itertools import cycle

import pytest

from engine.evaluation.planned import evaluate
from engine.evaluation.request import Request
from engine.music.conditions import Conditions
from engine.plan.plan import Phrase, Plan, mean_density
from engine.plan.timing import Timing
from engine.score import Instrument, Note, Score


def test_the_density_of_a_plan_counts_each_phrase_by_its_length() -> None:
    def phrase(bar: int, density: float) -> Phrase:
        return Phrase(bar, "A", "C major", (Instrument.PIANO,), density, "mf")

    plan = Plan(12.0, ((0, 0.0), (24, 12.0)), (4,), phrases=(phrase(1, 4.0), phrase(2, 10.0)))
    assert mean_density(plan) == pytest.approx((2 * 4 + 10 * 10) / 12)


def played_as_planned(request: Request, density: float) -> Score:
    """Everybody plays one note after the other, with this share of the planned density."""
    plan = request.plan()
    count = round(density * mean_density(plan) * request.duration)
    sixteenths = [plan.seconds_at(number / 4) for number in range(4 * plan.points[-1][0])]
    onsets = [time for time in sixteenths if time < request.duration - 2]
    # Round after round, so that a lower density still reaches every bar.
    places = zip(range(count), cycle(onsets[::5] + onsets[1::5] + onsets[2::5]), strict=False)
    players = tuple(Instrument)
    notes = [Note(players[n % 5], onset, onset + 0.1, 60) for n, onset in places]
    empty = Timing(plan).film_score(Score((), (), (), request.duration))
    return replace(empty, notes=tuple(sorted(notes, key=lambda note: note.onset)))


def test_pieces_are_measured_against_their_own_plans() -> None:
    asked = [Request(40.0, seed, 0.5, 0.5, (9.3, 21.7)) for seed in range(2)]
    asked.append(Request(40.0, 5, 0.5, 0.5, conditions=Conditions(tempo=101.0, density=6.0)))
    scores = [
        played_as_planned(one, share) for one, share in zip(asked, (1, 1.1, 0.5), strict=True)
    ]
    report = evaluate(asked, scores)
    assert report["pieces"] == 3
    assert report["near_grid"]["min"] == 1.0
    assert report["boundaries_on_beat"]["n"] == 4
    assert report["boundaries_on_beat"]["value"] == 1.0
    assert report["bend"]["max"] <= 0.04
    assert report["density_ratio"]["min"] == pytest.approx(0.5, abs=0.01)
    assert report["density_ratio"]["kept"]["value"] == pytest.approx(2 / 3)
    assert report["no_late_onset"]["value"] == 1.0
