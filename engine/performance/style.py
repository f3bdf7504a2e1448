"""What is asked of a part's velocities: their level and their range, where they are known."""

from __future__ import annotations

import numpy as np

from engine.arrays import Floats, Ints
from engine.performance.features import PARTS

_LEVELS = (60, 68, 76, 84, 92, 100, 108)
"""Edges of classes of a part's mean velocity."""
_RANGES = (4, 8, 12, 16, 20, 26)
"""Edges of classes of the standard deviation of a part's velocities."""
_LEVEL_CLASSES, _RANGE_CLASSES = len(_LEVELS) + 2, len(_RANGES) + 2

SIZES = (PARTS * _LEVEL_CLASSES, PARTS * _RANGE_CLASSES)
"""The number of values of each feature."""
COUNT = len(SIZES)
UNKNOWN = float("nan")


def features(part: Ints, mean: Floats, deviation: Floats) -> Ints:
    """The features [n, COUNT] of notes whose part has this mean velocity and this deviation.

    All are [n]; NaN where it is unknown.
    """
    level = np.where(np.isnan(mean), len(_LEVELS) + 1, np.searchsorted(_LEVELS, mean, "right"))
    spread = np.where(
        np.isnan(deviation), len(_RANGES) + 1, np.searchsorted(_RANGES, deviation, "right")
    )
    return np.stack([part * _LEVEL_CLASSES + level, part * _RANGE_CLASSES + spread], axis=1)
