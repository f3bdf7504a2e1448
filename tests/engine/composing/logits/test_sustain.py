"""Strings hold their notes, the longer the calmer the music is; the others do where it is sad."""

from __future__ import annotations

from math import nan
from types import SimpleNamespace

import numpy as np
import pytest

from engine.composing.logits.sustain import BASS_BEATS, BASS_ENDS, MOST, RELEASE, Sustain
from engine.music import vocabulary as voc
from engine.music.arrangement import Arrangement
from engine.music.beat_grid import BeatGrid
from engine.music.conditions import Conditions
from engine.score import Instrument

BEAT = 60
FLAT = np.zeros(voc.SIZE, np.float32)
SUSTAIN = Sustain(Arrangement(BeatGrid(BEAT, (4,))))


def biased(
    lasted: int, arousal: float, *instruments: Instrument, valence: float = nan
) -> np.ndarray:
    """The bias while pitch 60 of some instruments has lasted some steps."""
    active = {(voc.INSTRUMENTS.index(i), 60): (1000 - lasted, 80) for i in instruments}
    state = SimpleNamespace(cursor=1000, active=active, conditions=Conditions(valence, arousal))
    return SUSTAIN.bias(FLAT, state)


@pytest.mark.parametrize("arousal", [-1.0, 0.0, nan, 1.0])
def test_a_note_that_has_just_begun_is_not_to_end_and_an_old_one_may(arousal):
    young = biased(1, arousal, Instrument.STRINGS, Instrument.DRUMS)
    assert np.flatnonzero(young).tolist() == [voc.note_off(Instrument.STRINGS, 60)]
    assert young.min() < 0
    assert biased(4 * BEAT, arousal, Instrument.STRINGS, Instrument.DRUMS).min() == 0


def test_calm_strings_hold_longer():
    def held(arousal: float) -> int:
        return next(n for n in range(1, 999) if not biased(n, arousal, Instrument.STRINGS).min())

    assert held(-1.0) > held(0.0) > held(1.0) > 0
    assert held(nan) == held(0.0)


def test_pleasant_strings_hold_shorter():
    def lasts(valence: float) -> int:
        strings = Instrument.STRINGS
        return next(n for n in range(1, 999) if not biased(n, 0, strings, valence=valence).min())

    assert lasts(-0.8) > lasts(0.0) == lasts(nan) > lasts(0.8) > 0


SAD = Conditions(-0.8, -0.8)


def biases(*notes: tuple[Instrument, int, int]) -> dict[int, float]:
    """The bias of the ends of notes by pitch, of notes of an instrument, a pitch and an onset."""
    active = {(voc.INSTRUMENTS.index(i), pitch): (onset, 80) for i, pitch, onset in notes}
    bias = SUSTAIN.bias(FLAT, SimpleNamespace(cursor=1000, active=active, conditions=SAD))
    return {int(voc.PITCH[off]): float(bias[off]) for off in np.flatnonzero(bias)}


def test_what_was_played_last_is_held():
    piano, guitar = Instrument.PIANO, Instrument.GUITAR
    found = biases((piano, 60, 980), (guitar, 50, 985), (piano, 64, 990), (piano, 67, 990))
    assert set(found) == {50, 64, 67}
    assert max(found.values()) < 0


@pytest.mark.parametrize("instrument", [Instrument.STRINGS, Instrument.GUITAR])
def test_with_many_notes_the_earlier_ones_are_let_go(instrument):
    notes = [(instrument, 60 + pitch, 985) for pitch in range(MOST)]
    assert max(biases(*notes).values()) < 0
    assert biases(*notes, (instrument, 50, 990)) == dict.fromkeys(range(60, 60 + MOST), RELEASE)
    # A thick chord is no mass.
    assert biases(*notes, (instrument, 50, 985)) == {}


OTHERS = [Instrument.BASS, Instrument.GUITAR, Instrument.PIANO]


@pytest.mark.parametrize("instrument", OTHERS)
def test_the_others_connect_their_notes_where_it_is_sad(instrument):
    off = voc.note_off(instrument, 60)
    assert biased(1, -0.8, instrument, valence=-0.8)[off] < 0
    assert biased(BEAT // 2, -0.8, instrument, valence=-0.8)[off] < 0
    late = biased(3 * BEAT, -0.8, instrument, valence=-0.8)
    assert late[off] > 0 if instrument is Instrument.BASS else late is FLAT


@pytest.mark.parametrize("instrument", [*OTHERS, Instrument.STRINGS])
def test_all_let_go_of_their_notes_where_it_is_joyful(instrument):
    assert not biased(1, 0.8, instrument, valence=0.8).max()
    assert biased(BEAT, 0.8, instrument, valence=0.8)[voc.note_off(instrument, 60)] > 0


def test_a_bass_that_is_neither_sad_nor_joyful_ends_within_a_beat():
    off, ends = voc.note_off(Instrument.BASS, 60), int(BASS_BEATS * BEAT)
    assert 0 < ends < BEAT
    assert biased(ends - 1, 0.0, Instrument.BASS) is FLAT
    assert biased(ends, 0.0, Instrument.BASS)[off] == BASS_ENDS


def test_without_strings_nothing_changes():
    assert biased(1, 0.0, Instrument.PIANO, Instrument.BASS) is FLAT
    assert not FLAT.any()
