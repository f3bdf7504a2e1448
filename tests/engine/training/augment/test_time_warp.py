from __future__ import annotations

import numpy as np
import pytest

from engine.music import vocabulary as voc
from engine.music.events import decode, encode, normalise, shifts
from engine.score import Instrument
from engine.training.augment.time_warp import time_warp

ON = voc.note_on(Instrument.PIANO, 60)
OFF = voc.note_off(Instrument.PIANO, 60)


def song(*tokens: int) -> np.ndarray:
    return np.array([voc.START, *tokens], np.uint16)


def test_nothing_changes_if_no_time_moves():
    tokens = song(*shifts(30), ON, *shifts(250), OFF, *shifts(7))
    assert time_warp(tokens, [0, 287], [0, 287]).tolist() == tokens.tolist()


def test_times_between_are_interpolated():
    tokens = song(*shifts(100), ON, *shifts(100), OFF, *shifts(200))
    moved = time_warp(tokens, [0, 200, 400], [0, 300, 500])
    assert moved.tolist() == song(*shifts(150), ON, *shifts(150), OFF, *shifts(200)).tolist()


def test_different_moments_stay_different():
    tokens = song(*[t for _ in range(20) for t in (ON, *shifts(1), OFF, *shifts(9))])
    moved = time_warp(tokens, [0, 200], [0, 60])
    assert len(decode(moved.tolist()).notes) == 20
    assert voc.STEPS[moved].sum() == 60


@pytest.mark.parametrize("factor", [0.8, 1.1, 2.5])
def test_real_songs_stay_in_the_normal_form(cache, factor):
    for i in range(len(cache)):
        tokens = cache.song(i)
        length = int(voc.STEPS[tokens].sum())
        moved = time_warp(tokens, [0, length], [0, length * factor])
        assert voc.STEPS[moved].sum() == pytest.approx(length * factor, abs=2)
        assert encode(normalise(decode(moved.tolist()))).tolist() == moved.tolist()
        at = voc.KIND[tokens] != voc.Kind.TIMESHIFT
        assert moved[voc.KIND[moved] != voc.Kind.TIMESHIFT].tolist() == tokens[at].tolist()
