from __future__ import annotations

import numpy as np
import pytest

from engine.music import vocabulary as voc
from engine.music.events import decode, encode, normalise, shifts
from engine.score import Instrument
from engine.training.augment.chord_shift import MOST, shift_chords

BAR = 200
CHORD = [voc.CHORD, *(voc.note_on(Instrument.PIANO, pitch) for pitch in (60, 64, 67))]
CLOSE = [voc.note_off(Instrument.PIANO, pitch) for pitch in (60, 64, 67)]
KICK = [voc.note_on(Instrument.DRUMS, 36), *shifts(BAR // 4), voc.note_off(Instrument.DRUMS, 36)]


def rng(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def song(bars: int) -> np.ndarray:
    """Bars of four kicks, and a chord at the beginning of the last."""
    bar = [voc.BAR, *(KICK * 4)]
    return np.array([voc.START, *(bar * bars), voc.BAR, *CHORD, *shifts(BAR), *CLOSE], np.uint16)


@pytest.mark.parametrize("free", [False, True])
def test_nothing_changes_with_a_chance_of_zero(free):
    assert shift_chords(song(4), 0.0, free, rng(0)).tolist() == song(4).tolist()


def test_bars_stay_whole_if_the_speed_may_change():
    """Six bars come before the chord. The last five begin within eight seconds of it."""
    seen = []
    for seed in range(40):
        score = decode(shift_chords(song(6), 1.0, True, rng(seed)).tolist())
        assert len(score.notes) == 6 * 4 + 3
        lengths = np.rint(np.diff(score.bars) * 125)
        assert lengths[0] == BAR
        assert np.ptp(lengths[1:]) <= 1
        later = score.chords[0] * 125 - 6 * BAR
        assert abs(later) <= BAR / 2 + 1
        assert lengths[-1] == pytest.approx(BAR + later / 5, abs=1)
        seen.append(later)
    assert min(seen) < -BAR / 4
    assert max(seen) > BAR / 4


def test_a_bar_is_cut_if_the_speed_would_change_too_much():
    """A bar's speed may change by a fifth."""
    cut = 0
    for seed in range(40):
        score = decode(shift_chords(song(1), 1.0, True, rng(seed)).tolist())
        onsets = sorted({round(n.onset * 125) for n in score.notes})
        if len(score.notes) == 4 + 3 and np.ptp(np.diff(onsets)) <= 1:
            assert abs(onsets[-1] - BAR) <= MOST * BAR + 1
        else:
            assert onsets[-1] < BAR
            cut += 1
    assert 10 < cut < 40


def test_a_given_tempo_is_kept():
    for seed in range(20):
        score = decode(shift_chords(song(4), 1.0, False, rng(seed)).tolist())
        kicks = [n.onset * 125 for n in score.notes if n.instrument is Instrument.DRUMS]
        assert set(np.diff(kicks[:12])) == {BAR / 4}
        assert score.chords[0] * 125 < 4 * BAR


@pytest.mark.parametrize("free", [False, True])
def test_real_songs_stay_in_the_normal_form(cache, free):
    dice = rng(0)
    for i in range(len(cache)):
        tokens = cache.song(i)
        shifted = shift_chords(tokens, 0.5, free, dice)
        assert (shifted == voc.CHORD).sum() == (tokens == voc.CHORD).sum()
        assert encode(normalise(decode(shifted.tolist()))).tolist() == shifted.tolist()
