"""The chords of planned pieces, and phrases that come again."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from engine.composing.composition import Composition
from engine.composing.config import GenerationConfig
from engine.composing.logits.harmony import ANTICIPATION
from engine.composing.planned import planned_config
from engine.music.conditions import KEYS
from engine.plan.plan import Plan
from engine.plan.timing import Timing
from engine.score import Instrument, Score

from .planned_pieces import (
    BASS,
    DRUMS,
    EVERYONE,
    PHRASES,
    PIANO,
    PLAN,
    STRINGS,
    check_last_chord,
    compose,
    film,
    onset,
    phrase,
    steps,
)


def test_notes_that_clash_with_a_new_chord_end_where_it_begins(piece):
    arrangement = Timing(PLAN).arrangement
    assert any(step % (4 * arrangement.grid.beat) for step, _ in arrangement.chords)
    for step, chord in arrangement.chords:
        for note in piece.notes:
            sounds_on = onset(PLAN, note) < step < round(steps(PLAN, note.end))
            if sounds_on and note.instrument is not DRUMS:
                anticipates = step - onset(PLAN, note) <= arrangement.grid.beat // ANTICIPATION
                assert anticipates or note.pitch % 12 in chord.pitch_classes


def test_notes_of_the_chords_are_played(network):
    chords = Timing(PLAN).arrangement
    score = compose(network)
    pitched = [note for note in score.notes if note.instrument is not DRUMS]
    fit = [n.pitch % 12 in chords.chord_at(onset(PLAN, n)).pitch_classes for n in pitched]
    # Of twelve pitch classes, three fit.
    assert np.mean(fit) > 1.6 * 3 / 12


def test_a_phrase_without_guitar_and_piano_between_others_has_no_chords(biased):
    middle = replace(PHRASES[1], instruments=(DRUMS, STRINGS))
    plan = replace(PLAN, phrases=(PHRASES[0], middle, *PHRASES[2:]))
    score = compose(biased(context=96, CHORD=6.0), plan)
    start, end = plan.seconds_at(16), plan.seconds_at(30)
    assert score.chords
    assert not [chord for chord in score.chords if start - 1e-6 <= chord < end - 1e-6]


def test_a_phrase_without_chords_before_others_leaves_the_harmony_to_the_network(network):
    plan = replace(PLAN, phrases=(replace(PHRASES[0], chords=()), *PHRASES[1:]))
    score = compose(network, plan)
    assert score.harmony[0] == (pytest.approx(plan.seconds_at(16)), "F")
    check_last_chord(plan, score, *EVERYONE)


def likeness(plan: Plan, score: Score, bar: int, other: int) -> float:
    """The share of a bar's notes that another bar has too, at the same place; bars from 0."""

    def notes(number: int) -> Counter[tuple[int, Instrument, int]]:
        lines = [line * Timing(plan).beat for line in plan.bar_lines()]
        return Counter(
            (onset(plan, note) - lines[number], note.instrument, note.pitch)
            for note in score.notes
            if bisect_right(lines, onset(plan, note)) - 1 == number
        )

    return (notes(bar) & notes(other)).total() / max(1, notes(bar).total())


def test_a_phrase_repeats_the_last_phrase_of_its_form(network):
    phrases = tuple(
        phrase(bar, form, BASS, PIANO) for bar, form in ((1, "A"), (5, "B"), (9, "A"), (13, "C"))
    )
    plan = replace(PLAN, phrases=phrases, bars=(4,), points=((0, 0.0), (60, 28.0)), last_chord=56)
    score = compose(network, plan, repetition=5.0)
    theme = [likeness(plan, score, bar, bar - 8) for bar in range(8, 12)]
    others = [
        likeness(plan, score, bar, other)
        for bar in range(4, 12)
        for other in range(bar)
        if bar - other != 8
    ]
    # The other rules want something else in an empty bar.
    assert np.mean(theme) > 0.4
    assert np.mean(others) < np.mean(theme) / 2


def test_the_network_is_not_told_the_key_where_there_are_chords(network):
    """A network that is told the key leaves its scale hardly ever; the chords say enough."""
    timing = Timing(PLAN)
    names = network.config.controls

    def told(plan: Plan) -> dict[str, float]:
        asked = planned_config(plan, GenerationConfig())
        piece = Composition(timing.music_cues(film()), network.config, asked)
        return dict(zip(names, piece.conditions(), strict=True))

    assert np.isnan(told(PLAN)["key"])
    assert all(np.isfinite(value) for name, value in told(PLAN).items() if name != "key")
    silent = tuple(replace(phrase, chords=()) for phrase in PHRASES)
    assert told(replace(PLAN, phrases=silent))["key"] == KEYS.index("C major")
