"""Finds the key of a piece by the profiles of Krumhansl and Kessler (1982)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.arrays import Floats
from engine.music.conditions import UNKNOWN

_MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10))
"""Semitones above the tonic, in major and in natural minor."""
CLEAR = 0.6
"""The least correlation with the best profile; below it the key is unknown."""


def _profiles() -> Floats:
    rows = np.array([np.roll(p, tonic) for p in (_MAJOR, _MINOR) for tonic in range(12)])
    rows -= rows.mean(1, keepdims=True)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows


_PROFILES = _profiles()


def profile(key: int) -> Floats:
    """The weight of each pitch class [12], from C, in a key of ``conditions.KEYS``."""
    mode, tonic = divmod(key, 12)
    return np.roll((_MAJOR, _MINOR)[mode], tonic)


def scale(key: int) -> frozenset[int]:
    """The pitch classes, from C, of a key of ``conditions.KEYS``; of the natural minor in minor."""
    mode, tonic = divmod(key, 12)
    return frozenset((tonic + step) % 12 for step in SCALES[mode])


def find_key(pitches: npt.ArrayLike, durations: npt.ArrayLike) -> float:
    """The index into ``conditions.KEYS`` of the key that fits best; NaN if none is clear.

    pitches: [n] MIDI numbers without drums. durations: [n] seconds, the weight of each.
    """
    histogram = np.bincount(np.asarray(pitches, np.int64) % 12, durations, minlength=12)
    centred = histogram - histogram.mean()
    norm = np.linalg.norm(centred)
    if norm == 0:
        return UNKNOWN
    correlation = _PROFILES @ (centred / norm)
    best = int(correlation.argmax())
    return float(best) if correlation[best] >= CLEAR else UNKNOWN
