"""A film is planned: what the user fixes is kept, and the rest follows the film."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.cues import CueSheet, Section, Video
from engine.errors import EmsyncError
from engine.music.chord_symbols import parse_chord
from engine.music.conditions import parse_key
from engine.plan.json_form import from_json, to_json
from engine.plan.planner import RING, PlanOptions, plan_piece, split_bars
from engine.score import Instrument


def film(duration: float = 60.0, boundaries=(0.0, 9.1, 20.4, 33.3, 47.2, 58.0), *emotions):
    """The cue sheet of a film with equally long sections of these emotions."""
    emotions = emotions or ((0.3, 0.4),)
    edges = np.linspace(0, duration, len(emotions) + 1).tolist()
    sections = tuple(
        Section(a, b, {}, v, e, "test")
        for (v, e), a, b in zip(emotions, edges, edges[1:], strict=False)
    )
    hits = tuple(b for b in boundaries if b < duration)
    return CueSheet(Video("f", duration, 24.0, 64, 36), 0.0, duration, hits, hits, sections)


def last_bass(plan) -> int:
    """The pitch class of the root of the plan's last chord."""
    phrase = plan.phrases[-1]
    return parse_chord(phrase.chords[-1].split()[-1]).root


def test_the_same_seed_gives_the_same_plan_and_another_another():
    plans = [plan_piece(film(), PlanOptions(seed)) for seed in (1, 1, 2, 3, 4)]
    assert plans[0] == plans[1]
    assert len({to_json(plan) for plan in plans}) > 2
    assert len({plan.points for plan in plans}) == 1


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("duration", [12.0, 33.0, 60.0])
def test_a_piece_ends_on_the_tonic_with_time_to_ring(seed, duration):
    plan = plan_piece(film(duration), PlanOptions(seed))
    assert last_bass(plan) == int(parse_key(plan.phrases[-1].key)) % 12
    assert plan.last_chord is not None
    assert plan.duration - plan.seconds_at(plan.last_chord) >= RING
    assert from_json(to_json(plan)) == plan


@pytest.mark.parametrize("emotion", [(-0.6, -0.6), (0.6, -0.5), (-0.6, 0.6), (0.6, 0.6)])
def test_everyone_is_planned_for_enough_bars(emotion):
    plan = plan_piece(film(60.0, (0.0, 58.0), emotion), PlanOptions())
    starts = [phrase.bar for phrase in plan.phrases]
    lengths = np.diff([*starts, len(plan.bar_lines()) + 1])
    for instrument in Instrument:
        bars = sum(
            length
            for phrase, length in zip(plan.phrases, lengths, strict=True)
            if instrument in phrase.instruments
        )
        assert bars >= 4


def test_what_the_user_fixes_is_kept():
    options = PlanOptions(
        0, (Instrument.PIANO, Instrument.STRINGS), 96.0, "3/4", "swing", "F# minor", 7.0
    )
    plan = plan_piece(film(), options)
    assert plan.tempo == pytest.approx(96.0)
    rates = {
        round(60 * (b - a) / (t - s), 6)
        for (a, s), (b, t) in zip(plan.points, plan.points[1:], strict=False)
    }
    assert rates == {96.0}
    assert plan.usual_bar == 3 and plan.feel == "swing"
    assert {phrase.key for phrase in plan.phrases} == {"F# minor"}
    assert {phrase.density for phrase in plan.phrases} == {7.0}
    assert {i for phrase in plan.phrases for i in phrase.instruments} == set(options.instruments)


def test_given_chords_repeat_bar_by_bar_and_end_on_the_tonic():
    plan = plan_piece(film(), PlanOptions(chords=("Am", "F G", "C")))
    bars = [chord for phrase in plan.phrases for chord in phrase.chords]
    assert bars[:6] == ["Am", "F G", "C"] * 2
    assert len({phrase.key for phrase in plan.phrases}) == 1
    assert last_bass(plan) == int(parse_key(plan.phrases[-1].key)) % 12


@pytest.mark.parametrize(
    ("signature", "beat", "bar"), [("6/8", "dotted quarter", 2), ("12/8", "dotted quarter", 4)]
)
def test_compound_time_counts_dotted_quarters(signature, beat, bar):
    plan = plan_piece(film(), PlanOptions(time_signature=signature))
    assert (plan.beat, plan.usual_bar) == (beat, bar)
    numerator, denominator = map(int, signature.split("/"))
    assert (numerator, denominator) in plan.time_signatures


def test_unpleasant_films_are_in_minor_and_slower():
    sad = plan_piece(film(60.0, (0.0,), (-0.6, -0.5)), PlanOptions())
    happy = plan_piece(film(60.0, (0.0,), (0.6, 0.5)), PlanOptions())
    assert sad.phrases[0].key.endswith("minor") and happy.phrases[0].key.endswith("major")
    assert sad.tempo < happy.tempo
    assert sad.phrases[0].density < happy.phrases[0].density


def test_a_new_section_of_the_film_begins_a_phrase():
    plan = plan_piece(film(60.0, (0.0, 30.0), (-0.6, -0.6), (0.6, 0.6)), PlanOptions())
    starts = [plan.seconds_at(plan.bar_line(phrase.bar)) for phrase in plan.phrases]
    assert min(abs(start - 30.0) for start in starts) < 1.5


@pytest.mark.parametrize("duration", [0.5, 1.0, 2.0, 5.0])
def test_short_films_are_planned(duration):
    plan = plan_piece(film(duration, ()), PlanOptions())
    assert len(plan.phrases) >= 1 and plan.seconds_at(plan.bar_line(1)) == 0


def test_any_list_of_boundaries_is_planned():
    rng = np.random.default_rng(0)
    for _ in range(30):
        duration = float(rng.uniform(1, 90))
        hits = tuple(sorted(rng.uniform(0, duration, int(rng.integers(0, 40))).tolist()))
        plan = plan_piece(film(duration, hits), PlanOptions(int(rng.integers(99))))
        assert from_json(to_json(plan)) == plan


@pytest.mark.parametrize(
    "wrong", [{"time_signature": "7/8"}, {"feel": "x"}, {"chords": ("X",)}, {"bpm": 1000.0}]
)
def test_wrong_options_are_refused_by_name(wrong):
    with pytest.raises(EmsyncError) as error:
        PlanOptions(**wrong)
    assert "\n" not in str(error.value)
    assert replace(PlanOptions(), seed=1).seed == 1


def test_chords_are_parted_by_spaces_or_bar_lines():
    assert split_bars("Am F C G") == ("Am", "F", "C", "G")
    assert split_bars("Am | F G |") == ("Am", "F G")
    with pytest.raises(EmsyncError):
        split_bars(" | ")
