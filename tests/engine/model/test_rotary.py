from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from engine.model.rotary import rotary_tables, rotate_back  # noqa: E402
from engine.model.transformer import rotate  # noqa: E402


def rotated(vector: np.ndarray, context: int = 50) -> np.ndarray:
    """The vector at every position: [context, W]."""
    cos, sin = map(torch.from_numpy, rotary_tables(context, vector.size))
    same = torch.from_numpy(np.tile(vector, (1, 1, context, 1)))
    return rotate(same, cos, sin)[0, 0].numpy()


def test_scores_depend_on_distance_alone():
    q, k = np.random.default_rng(0).normal(size=(2, 16)).astype(np.float32)
    scores = rotated(q) @ rotated(k).T
    for distance in (0, 1, 7, -20):
        diagonal = np.diagonal(scores, distance)
        assert np.ptp(diagonal) < 1e-4
    assert abs(scores[7, 0] - scores[8, 0]) > 1e-3


def test_rotation_keeps_length_and_the_first_place():
    q = np.random.default_rng(1).normal(size=16).astype(np.float32)
    places = rotated(q)
    assert places[0].tolist() == q.tolist()
    assert np.linalg.norm(places, axis=1) == pytest.approx(np.linalg.norm(q), rel=1e-5)


def test_frequencies_fall_from_one_radian_a_place():
    cos, sin = rotary_tables(3, 8)
    assert cos.shape == sin.shape == (3, 4)
    assert np.arctan2(sin[1], cos[1]) == pytest.approx([1, 0.1, 0.01, 0.001], rel=1e-3)


def test_keys_rotated_back_equal_those_of_earlier_places():
    places = rotated(np.random.default_rng(2).normal(size=16).astype(np.float32))
    assert rotate_back(places[7:], 7) == pytest.approx(places[:-7], abs=1e-5)
