"""Pitches beyond the usual register become less likely, and a phrase may lie low or high."""

from __future__ import annotations

import numpy as np
import pytest

from engine.composing.logits.registers import USUAL, Registers
from engine.composing.state import PieceState
from engine.music import vocabulary as voc
from engine.music.arrangement import Arrangement, Phrase
from engine.music.beat_grid import BeatGrid
from engine.music.conditions import Conditions
from engine.music.vocabulary import Kind
from engine.score import Instrument

STATE = PieceState([(60.0, Conditions())])
FLAT = np.zeros(voc.SIZE, np.float32)


def rule(register: int) -> Registers:
    """The rule in a phrase of this register."""
    phrase = Phrase(0, 4, frozenset(Instrument), register)
    return Registers(Arrangement(BeatGrid(64, (4,)), (phrase,)))


BIAS = rule(0).bias(FLAT, STATE)


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
    assert np.array_equal(rule(0).bias(masked, STATE), masked)
    assert np.array_equal(rule(1).bias(masked, STATE), masked)


def ons(instrument: Instrument) -> np.ndarray:
    """The ON tokens of an instrument."""
    return (voc.KIND == Kind.ON) & (voc.INSTRUMENTS.index(instrument) == voc.INSTRUMENT)


def mean_pitch(logits: np.ndarray, instrument: Instrument) -> float:
    """The mean pitch of an instrument's notes where they are drawn from logits [V]."""
    chosen = ons(instrument)
    weights = np.exp(logits[chosen] - logits[chosen].max())
    return float(np.average(voc.PITCH[chosen], weights=weights))


@pytest.mark.parametrize("instrument", [Instrument.GUITAR, Instrument.PIANO, Instrument.STRINGS])
def test_parts_lie_lower_or_higher_in_a_phrase_that_asks_for_it(instrument):
    low, usual, high = (mean_pitch(rule(r).bias(FLAT, STATE), instrument) for r in (-1, 0, 1))
    assert low + 3 < usual < high - 3
    first, last = USUAL[instrument]
    assert first < low and high < last


def test_the_bass_and_drums_stay_where_they_are():
    for instrument in (Instrument.BASS, Instrument.DRUMS):
        chosen = ons(instrument)
        assert np.array_equal(rule(1).bias(FLAT, STATE)[chosen], BIAS[chosen])


def test_how_much_an_instrument_plays_does_not_depend_on_the_register():
    for instrument in USUAL:
        sums = [np.logaddexp.reduce(rule(r).bias(FLAT, STATE)[ons(instrument)]) for r in (0, 1)]
        assert sums[0] == pytest.approx(sums[1], abs=1e-4)
