"""Whole planned pieces, of tiny networks with random weights: what the plan says holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from engine.composing.composition import Take
from engine.composing.config import GenerationConfig
from engine.composing.planned import compose_planned_takes, planned_config
from engine.composing.sampling import Sampling
from engine.music.conditions import KEYS, METRES, parse_key
from engine.music.vocabulary import to_steps
from engine.plan.plan import Plan
from engine.plan.plan_options import PlanOptions
from engine.plan.planner import plan_piece
from engine.plan.timing import Timing
from engine.score import Instrument, Note, Score

from .planned_pieces import (
    DRUMS,
    EVERYONE,
    GUITAR,
    PHRASES,
    PIANO,
    PLAN,
    SECONDS,
    STRINGS,
    check_last_chord,
    compose,
    film,
    onset,
    steps,
)


def test_every_onset_lies_on_the_grid(piece):
    part = Timing(PLAN).grid.part
    for note in piece.notes:
        places = steps(PLAN, note.onset) / part
        assert abs(places - round(places)) * part < 0.01


@pytest.mark.parametrize(("beat", "feel"), [("quarter", "swing"), ("dotted quarter", "straight")])
def test_every_onset_lies_on_the_grid_of_any_feel(network, beat, feel):
    plan = replace(PLAN, beat=beat, feel=feel)
    if beat != "quarter":
        plan = replace(plan, points=((0, 0.0), (30, 15.0), (56, 28.3)))
    timing = Timing(plan)
    places = {onset(plan, note) % timing.beat for note in compose(network, plan).notes}
    allowed = {0: None, **{n * timing.grid.part: b for n, b in enumerate(timing.grid.biases)}}
    assert places <= {place for place, bias in allowed.items() if bias != -np.inf}
    assert len(places) > 1


def test_the_slowest_swing_moves_on(network):
    points = ((0, 0.0), (14, SECONDS))
    plan = Plan(SECONDS, points, (4,), feel="swing", phrases=PHRASES[:1], last_chord=12)
    check_last_chord(plan, compose(network, plan), *PHRASES[0].instruments, root=7)


def test_the_bars_are_those_of_the_plan(piece):
    lines = [PLAN.seconds_at(line) for line in PLAN.bar_lines()]
    assert np.allclose(piece.bars, lines[: len(piece.bars)], atol=1e-9)
    # All of them, up to the last chord.
    assert len(piece.bars) == 14
    assert piece.beat_map is not None
    assert piece.duration == SECONDS


def test_only_planned_players_begin_notes(piece):
    for note in piece.notes:
        assert note.instrument in Timing(PLAN).arrangement.phrase_at(onset(PLAN, note)).players


def gaps(plan: Plan, score: Score, instrument: Instrument) -> Iterator[float]:
    """How many beats an instrument lets pass, while it is planned, from onset to onset."""
    timing = Timing(plan)
    starts = [p.start for p in timing.arrangement.phrases]
    ends = [*starts[1:], timing.arrangement.ending.onset]
    for planned, start, end in zip(timing.arrangement.phrases, starts, ends, strict=True):
        if instrument in planned.players:
            onsets = [onset(plan, note) for note in score.part(instrument)]
            within = [step for step in onsets if start <= step < end]
            for a, b in pairwise([start, *within, end]):
                yield (b - a) / timing.beat


@pytest.mark.parametrize("shy", [PIANO, STRINGS, DRUMS])
def test_everybody_planned_sounds_though_the_network_would_not_have_them(biased, shy):
    score = compose(biased(context=96, players={shy: -6.0}))
    for instrument in Instrument:
        assert max(gaps(PLAN, score, instrument)) <= 11


@pytest.mark.parametrize(("moves_on", "density"), [(2, 16), (3, 8), (3, 24), (5, 8)])
def test_density_is_within_a_fifth_of_the_plan(biased, moves_on, density):
    """With networks that would play far too much or too little, left to themselves."""
    phrases = tuple(replace(phrase, density=float(density)) for phrase in PHRASES)
    score = compose(biased(context=96, TIMESHIFT=moves_on), replace(PLAN, phrases=phrases))
    assert len(score.notes) / SECONDS == pytest.approx(density, rel=0.2)


@pytest.mark.parametrize("seconds", [0.6, 1.0, 2.0, 3.3])
@pytest.mark.parametrize("players", [EVERYONE, (DRUMS,), (PIANO,), (STRINGS,)])
def test_a_film_of_seconds(network, seconds, players):
    cues = film(seconds)
    plan = plan_piece(cues, PlanOptions(instruments=players))
    score = compose(network, plan, cues)
    assert score.notes[0].onset == 0.0
    assert score.duration == seconds
    tonic = int(parse_key(plan.phrases[-1].key)) % 12
    check_last_chord(plan, score, *plan.phrases[-1].instruments, root=tonic)


def test_a_listener_gets_everything_once_in_film_time(droning):
    received: list[Note] = []
    marks: list[float] = []
    times = [0.0]

    def listen(notes: tuple[Note, ...], chords: tuple[float, ...], until: float) -> None:
        assert all(note.onset >= times[-1] - 1e-9 for note in notes)
        assert all(chord >= times[-1] - 1e-9 for chord in chords)
        received.extend(notes)
        marks.extend(chords)
        times.append(until)

    config = GenerationConfig(sampling=Sampling(guidance=1.0))
    (take, _), _ = compose_planned_takes(film(), PLAN, droning, config, 2, listener=listen)
    assert times == sorted(times)
    assert times[-1] == SECONDS
    assert len(set(received)) == len(received)
    assert sorted(received, key=repr) == sorted(take.score.notes, key=repr)
    assert marks and tuple(marks) == take.score.chords


def test_takes_differ_share_the_plan_and_come_again_with_the_seed(network):
    progress: list[float] = []

    def takes(seed: int) -> list[Take]:
        config = GenerationConfig(seed)
        return [
            t for t, _ in compose_planned_takes(film(), PLAN, network, config, 2, progress.append)
        ]

    first, second = takes(3)
    assert progress == sorted(progress)
    assert progress[-1] == pytest.approx(2 * SECONDS)
    assert first.score.notes != second.score.notes
    assert first.score.beat_map == second.score.beat_map
    assert [take.score for take in takes(3)] == [first.score, second.score]


def test_dynamics_follow_the_phrases(network):
    soft = replace(PLAN, phrases=tuple(replace(p, dynamics="pp") for p in PHRASES))
    loud, quiet = compose(network), compose(network, soft)
    assert [n.onset for n in loud.notes] == [n.onset for n in quiet.notes]
    assert all(b.velocity < a.velocity for a, b in zip(loud.notes, quiet.notes, strict=True))


def test_the_plan_says_what_to_compose():
    config = planned_config(PLAN, GenerationConfig(seed=4, instruments=(PIANO,)))
    assert config.seed == 4
    assert config.instruments == EVERYONE
    assert config.conditions.metre == METRES.index("4/4")
    assert [c.key for c in config.sections] == [KEYS.index("C major")] * 4
    assert config.sections[0].density < config.sections[1].density
    some = replace(PLAN, phrases=(replace(PHRASES[2], bar=1),))
    assert planned_config(some, GenerationConfig()).instruments == (DRUMS, GUITAR, STRINGS)


def test_a_plan_of_beats_alone_keeps_them_and_leaves_the_rest_to_the_network(network):
    plan = replace(PLAN, phrases=(), last_chord=None)
    score = compose(network, plan)
    part = Timing(plan).grid.part
    assert all(round(steps(plan, n.onset)) % part == 0 for n in score.notes)
    assert {note.instrument for note in score.notes} == set(Instrument)
    assert to_steps(score.duration) == to_steps(SECONDS)
