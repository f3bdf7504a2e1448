from __future__ import annotations

import numpy as np
import pytest

from engine.music import vocabulary as voc
from engine.music.events import decode, encode, normalise, shifts
from engine.score import Instrument
from engine.training.augment.cut import REACH, cut_short

ALL, NONE = np.array([True]), np.array([False])
PIANO, BASS = Instrument.PIANO, Instrument.BASS


def on(pitch: int, instrument: Instrument = PIANO) -> int:
    return voc.note_on(instrument, pitch)


def off(pitch: int, instrument: Instrument = PIANO) -> int:
    return voc.note_off(instrument, pitch)


CHORD = [voc.CHORD, on(60), on(64), on(67)]
CLOSE = [*shifts(100), off(60), off(64), off(67)]
BEFORE = [voc.START, on(40, BASS), *shifts(50), on(72), *shifts(30), off(40, BASS), *shifts(20)]


def song(*tokens: int) -> np.ndarray:
    return np.array(tokens, np.uint16)


@pytest.fixture
def plain() -> np.ndarray:
    """Bass, a piano note within reach that the chord's moment ends, and the chord."""
    return song(*BEFORE, off(72), *CHORD, *CLOSE)


def test_nothing_changes_if_no_chord_is_early(plain):
    assert cut_short(plain, NONE, np.random.default_rng(0)).tolist() == plain.tolist()


def test_a_chord_comes_early_and_every_note_ends(plain):
    seen = set()
    for seed in range(60):
        shortened = cut_short(plain, ALL, np.random.default_rng(seed))
        score = decode(shortened.tolist())
        assert encode(normalise(score)).tolist() == shortened.tolist()
        (chord,) = score.chords
        assert 0 < chord <= 0.8
        assert {n.pitch for n in score.notes if n.onset == chord} == {60, 64, 67}
        bass = next(n for n in score.notes if n.pitch == 40)
        assert bass.end == pytest.approx(min(0.64, chord))
        assert (72 in {n.pitch for n in score.notes}) == (chord > 0.4)
        seen.add(chord > 0.4)
    assert seen == {False, True}


def test_music_out_of_reach_is_not_cut(plain):
    far = song(*BEFORE, off(72), *shifts(round(REACH * 125) + 1), *CHORD, *CLOSE)
    for seed in range(20):
        shortened = decode(cut_short(far, ALL, np.random.default_rng(seed)).tolist())
        assert {n.pitch for n in shortened.notes} >= {40, 72}
        assert shortened.chords[0] > 0.8


def test_real_songs_stay_in_the_normal_form(cache):
    dice = np.random.default_rng(0)
    for i in range(len(cache)):
        tokens = cache.song(i)
        early = dice.random(int((tokens == voc.CHORD).sum())) < 0.5
        shortened = cut_short(tokens, early, dice)
        assert (shortened == voc.CHORD).sum() == (tokens == voc.CHORD).sum()
        assert encode(normalise(decode(shortened.tolist()))).tolist() == shortened.tolist()
