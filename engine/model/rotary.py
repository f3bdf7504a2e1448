"""Rotary positions (Su et al., RoFormer, 2021): the tables that training and composing share."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

BASE = 10_000.0

Table = npt.NDArray[np.float32]


def rotary_tables(context: int, head_width: int) -> tuple[Table, Table]:
    """cos and sin of position times frequency: two of [context, head_width / 2]."""
    frequency = BASE ** (-np.arange(0, head_width, 2) / head_width)
    angle = np.arange(context)[:, None] * frequency
    return np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32)


def turn_back(keys: npt.NDArray[np.float32], places: int) -> npt.NDArray[np.float32]:
    """Keys [..., head_width] as they would be had they stood so many places earlier."""
    half = keys.shape[-1] // 2
    cos, sin = (table[-1] for table in rotary_tables(places + 1, 2 * half))
    a, b = keys[..., :half], keys[..., half:]
    return np.concatenate([a * cos + b * sin, b * cos - a * sin], axis=-1)
