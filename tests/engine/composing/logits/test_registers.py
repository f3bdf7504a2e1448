"""Pitches beyond the usual register become less likely."""

from __future__ import annotations

import numpy as np
import pytest

from engine.composing.logits.registers import USUAL, Registers
from engine.composing.state import PieceState
from engine.music import vocabulary as voc
from engine.music.conditions import Conditions
from engine.music.vocabulary import Kind
from engine.score import Instrument

STATE = PieceState([(60.0, Conditions())])
FLAT = np.zeros(voc.SIZE, np.float32)
BIAS = Registers().bias(FLAT, STATE)


def of(instrument: Instrument, first: int, last: int) -> np.ndarray:
    """The bias of an instrument's pitches from the first to the last."""
    pitches = range(max(first, voc.LOWEST_PITCH), min(last, voc.HIGHEST_PITCH) + 1)
    return BIAS[[voc.note_on(instrument, pitch) for pitch in pitches]]


@pytest.mark.parametrize("instrument", list(USUAL))
def test_each_semitone_beyond_the_register_is_less_likely(instrument):
    low, high = USUAL[instrument]
    assert not of(instrument, low, high).any()
    below, above = of(instrument, 0, low), of(instrument, high, 127)
    assert (np.diff(below) > 0).all()
    assert (np.diff(above) < 0).all()
    assert len(below) > 1 and len(above) > 1


def test_drums_and_other_tokens_are_as_they_were():
    assert not of(Instrument.DRUMS, 0, 127).any()
    assert not BIAS[voc.KIND != Kind.ON].any()
    assert not FLAT.any()


def test_masked_tokens_stay_masked():
    masked = np.full(voc.SIZE, -np.inf, np.float32)
    assert np.array_equal(Registers().bias(masked, STATE), masked)
