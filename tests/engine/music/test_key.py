from __future__ import annotations

import math

import numpy as np
import pytest

from engine.music.conditions import KEYS
from engine.music.key import find_key

MAJOR, MINOR = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 11)


@pytest.mark.parametrize("tonic", range(12))
@pytest.mark.parametrize(("scale", "mode"), [(MAJOR, 0), (MINOR, 1)])
def test_the_key_of_a_scale_with_a_long_triad_is_found(tonic, scale, mode):
    pitches = 60 + tonic + np.array(scale)
    lengths = [4 if place in (0, 2, 4) else 1 for place in range(7)]
    assert find_key(pitches, lengths) == 12 * mode + tonic


def test_the_index_belongs_to_the_names():
    assert KEYS[int(find_key([69, 72, 76], [3, 2, 2]))] == "A minor"


@pytest.mark.parametrize(
    ("pitches", "lengths"),
    [(range(60, 72), [1] * 12), ([], []), ([60, 61, 62, 63, 64, 65], [1] * 6)],
    ids=["all-twelve", "silence", "cluster"],
)
def test_without_a_clear_key_it_is_unknown(pitches, lengths):
    assert math.isnan(find_key(pitches, lengths))
