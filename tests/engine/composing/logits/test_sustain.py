"""Notes of strings are likely to last."""

from __future__ import annotations

import numpy as np

from engine.composing.logits.sustain import Sustain
from engine.composing.state import PieceState
from engine.music import vocabulary as voc
from engine.music.arrangement import Arrangement
from engine.music.beat_grid import BeatGrid
from engine.music.conditions import Conditions
from engine.score import Instrument

BEAT = 64
FLAT = np.zeros(voc.SIZE, np.float32)
STRINGS_OFF = voc.note_off(Instrument.STRINGS, 60)


def bias_after(steps: int, arousal: float, instrument: Instrument = Instrument.STRINGS):
    """The biased logits, this long after a note of an instrument began."""
    rule = Sustain(Arrangement(BeatGrid(BEAT, (4,))))
    state = PieceState([(60.0, Conditions(arousal=arousal))])
    state.push(voc.note_on(instrument, 60))
    for _ in range(steps):
        state.push(voc.shift(1))
    return rule.bias(FLAT, state)


def test_an_early_end_is_less_likely_and_nothing_else_changes():
    biased = bias_after(BEAT // 2, 0.0)
    assert biased[STRINGS_OFF] < 0
    assert np.count_nonzero(biased) == 1 and not FLAT.any()


def test_a_note_that_has_lasted_may_end():
    assert not bias_after(2 * BEAT, 0.0).any()


def test_calm_music_holds_its_notes_longer():
    steps = BEAT * 5 // 4
    assert bias_after(steps, -0.8)[STRINGS_OFF] < 0
    assert not bias_after(steps, 0.8).any()
    assert bias_after(BEAT // 2, np.nan)[STRINGS_OFF] < 0


def test_other_instruments_end_as_they_like():
    assert not bias_after(1, 0.0, Instrument.PIANO).any()
