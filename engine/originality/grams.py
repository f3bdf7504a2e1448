"""Passages of a line, and the hashes of their grams.

A *passage* is :data:`PASSAGE` successive notes of a part, as intervals in semitones. So it is the
same in every key, register, rhythm and part. It counts if it is *distinctive*: it has five pitches
or more, and three in five of its notes differ from the one before.

A *gram* is :data:`GRAM` successive intervals. A passage has :data:`GRAMS` of them, each one note
after the other.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from engine.arrays import Ints, Mask

PASSAGE = 24
"""Notes of a passage."""
GRAM = 16
"""Intervals of a gram."""
GRAMS = PASSAGE - GRAM
"""Grams of a passage."""
LEAST_PITCHES, LEAST_MOVES = 5, 0.6
"""Pitches of a distinctive passage, and the share of its notes that differ from the one before."""

Hashes = npt.NDArray[np.uint64]


def _mix(values: Hashes) -> Hashes:
    """Spread each value over all 64 bits (the finalizer of SplitMix64, Steele et al. 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


_VALUES = _mix(np.arange(1, 257, dtype=np.uint64))
"""A number for each interval from -128 to 127."""
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
"""The base of the polynomial: odd, so that powers of it keep all 64 bits."""


def hash_passages(pitches: Ints, notes: int) -> Hashes:
    """The hashes of all passages of ``notes`` notes, two or more, of lines [..., n] of pitches.

    [..., n - notes + 1], or none: polynomials of the intervals (Karp and Rabin 1987), mixed.
    """
    pitches = np.asarray(pitches, np.int64)
    count = max(pitches.shape[-1] - notes + 1, 0)
    hashes = np.zeros((*pitches.shape[:-1], count), np.uint64)
    if count:
        values = _VALUES[np.diff(pitches) + 128]
        for place in range(notes - 1):
            # Unsigned numbers wrap around.
            hashes = hashes * _FACTOR + values[..., place : place + count]
    return _mix(hashes)


def gram_hashes(pitches: Ints) -> Hashes:
    """The hashes of all grams of lines [..., n] of MIDI pitches: [..., n - GRAM], or none."""
    return hash_passages(pitches, GRAM + 1)


def distinctive(pitches: Ints, notes: int = PASSAGE) -> Mask:
    """Which passages of ``notes`` notes of lines [..., n] of MIDI pitches are distinctive.

    [..., n - notes + 1], or none.
    """
    pitches = np.asarray(pitches)
    if pitches.shape[-1] < notes:
        return np.zeros((*pitches.shape[:-1], 0), np.bool_)
    passages = sliding_window_view(pitches, notes, axis=-1)
    kinds = 1 + (np.diff(np.sort(passages, axis=-1), axis=-1) != 0).sum(axis=-1)
    moves = (np.diff(passages, axis=-1) != 0).sum(axis=-1)
    return (kinds >= LEAST_PITCHES) & (moves >= LEAST_MOVES * (notes - 1))


def covered(passages: Mask, size: int, length: int) -> Mask:
    """Which places lie within chosen passages.

    passages: [n], true where one begins. size: the number of places. length: places of a passage.
    """
    edges = np.zeros(size + 1, np.int64)
    begins = np.flatnonzero(passages)
    np.add.at(edges, begins, 1)
    np.add.at(edges, np.minimum(begins + length, size), -1)
    return np.cumsum(edges)[:size] > 0
