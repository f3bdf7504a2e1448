"""Velocities as classes: eight bins, and a velocity within a bin that moves smoothly."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.arrays import Ints

EDGES = (1, 40, 55, 67, 77, 87, 97, 110, 128)
"""The lowest velocity of each bin, and one beyond the last. Each holds about as many notes."""
BINS = len(EDGES) - 1
NONE = BINS
"""In place of a bin: no velocity is known."""
STATES = BINS + 1
WANDER = 0.3
"""How far the place within a bin moves from note to note, as a share of the bin."""


def bin_of(velocities: npt.ArrayLike) -> Ints:
    """The bin of each velocity, 1..127; of any shape."""
    return np.searchsorted(EDGES[1:-1], np.asarray(velocities), "right").astype(np.int64)


def within(number: int, place: float) -> float:
    """The velocity at a place of a bin, which is 0 at its lower edge and 1 at its upper one.

    The lowest bin begins at 20: hardly a song has softer notes.
    """
    low, high = EDGES[number], EDGES[number + 1]
    return max(low, 20) + place * (high - 1 - max(low, 20))


def wandered(place: float, draw: float) -> float:
    """The next place within a bin. draw: 0..1. Uniform draws leave places uniform in 0..1."""
    moved = place + (2 * draw - 1) * WANDER
    # Reflected at the edges.
    return 2 - moved if moved > 1 else abs(moved)
