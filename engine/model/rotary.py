"""Rotary positions (Su et al., RoFormer, 2021): the tables that training and composing share."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

BASE = 10_000.0

Table = npt.NDArray[np.float32]


def rotary_tables(context: int, head_width: int) -> tuple[Table, Table]:
    """cos and sin of position times frequency: two of [context, head_width / 2]."""
    return _turn(np.arange(context)[:, None], head_width)


def turn_back(keys: npt.NDArray[np.float32], places: int) -> npt.NDArray[np.float32]:
    """Keys [..., head_width] as they would be had they stood so many places earlier."""
    cos, sin = _turn(np.array(places), keys.shape[-1])
    a, b = np.split(keys, 2, axis=-1)
    return np.concatenate([a * cos + b * sin, b * cos - a * sin], axis=-1)


def _turn(places: npt.NDArray[np.int64], head_width: int) -> tuple[Table, Table]:
    """cos and sin of places [..., 1] times frequency: two of [..., head_width / 2]."""
    angle = places * BASE ** (-np.arange(0, head_width, 2) / head_width)
    return np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32)
