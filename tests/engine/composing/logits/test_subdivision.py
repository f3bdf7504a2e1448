"""Places between the eighths become less likely where the music is calm."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from engine.composing.logits.subdivision import Subdivision
from engine.music import vocabulary as voc
from engine.music.arrangement import Arrangement
from engine.music.beat_grid import DOTTED, SWING, TRIPLET, BeatGrid
from engine.music.conditions import Conditions

FLAT = np.zeros(voc.SIZE, np.float32)
SIXTEENTH = 16


def shifts(arousal: float, step: int = 0, biases=(0.0,) * 4) -> np.ndarray:
    """The bias of the time shifts to the first five places of the grid."""
    grid = BeatGrid(SIXTEENTH * len(biases), (4,), biases)
    state = SimpleNamespace(cursor=step, conditions=Conditions(arousal=arousal))
    found = Subdivision(Arrangement(grid)).bias(FLAT, state)
    return found[voc.SHIFTS][SIXTEENTH - 1 : 6 * SIXTEENTH - 1 : SIXTEENTH]


def test_calm_music_moves_in_eighths():
    assert shifts(-0.5).tolist() == [-1.5, 0, -1.5, 0, -1.5]
    assert shifts(-0.5, SIXTEENTH).tolist() == [0, -1.5, 0, -1.5, 0]
    assert shifts(-0.8, biases=DOTTED)[0] < shifts(-0.4, biases=DOTTED)[0] < 0


def test_excited_music_moves_in_sixteenths():
    assert shifts(0.8)[0] > 0 == shifts(0.8)[1]


@pytest.mark.parametrize("biases", [TRIPLET, SWING])
def test_triplets_have_no_place_between_the_eighths(biases):
    assert not shifts(-0.8, biases=biases).any()


@pytest.mark.parametrize("arousal", [0.0, np.nan])
def test_other_music_is_as_it_was(arousal):
    assert not shifts(arousal).any()
