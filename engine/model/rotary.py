"""Rotary positions (Su et al., RoFormer, 2021), for training and composing alike."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

BASE = 10_000.0


def rotary_tables(
    context: int, head_width: int
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """cos and sin of position times frequency: two of [context, head_width / 2]."""
    return _cos_sin(np.arange(context)[:, None], head_width)


def rotate_back(keys: npt.NDArray[np.float32], places: int) -> npt.NDArray[np.float32]:
    """Keys [..., head_width] as they would be ``places`` positions earlier."""
    cos, sin = _cos_sin(np.array(places), keys.shape[-1])
    a, b = np.split(keys, 2, axis=-1)
    return np.concatenate([a * cos + b * sin, b * cos - a * sin], axis=-1)


def _cos_sin(
    places: npt.NDArray[np.int64], head_width: int
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """cos and sin of places [..., 1] times frequency: two of [..., head_width / 2]."""
    angle = places * BASE ** (-np.arange(0, head_width, 2) / head_width)
    return np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32)
