"""Sound in blocks of one size."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE = 48000
"""Frames a second, as film sound has."""
BLOCK = 4 * RATE
"""Frames that are processed at a time; a multiple of the limiter's windows."""

Sound = NDArray[np.floating[Any]]
"""Stereo sound [n, 2], -1..1."""


def in_blocks(pieces: Iterable[NDArray[Any]], frames: int) -> Generator[NDArray[Any]]:
    """Sound in blocks of ``BLOCK`` frames, the last one shorter: ``frames`` in all.

    pieces: stereo sound [n, 2] of any lengths. What is missing at its end is silence.
    """
    left, waiting, size = frames, [], 0
    for piece in pieces:
        if left <= 0:
            return
        waiting.append(piece)
        size += len(piece)
        if size < BLOCK:
            continue
        whole = np.concatenate(waiting)
        while len(whole) >= BLOCK and left > 0:
            yield whole[: min(BLOCK, left)]
            whole, left = whole[BLOCK:], left - BLOCK
        waiting, size = [whole], len(whole)
    whole = np.concatenate(waiting) if waiting else np.zeros((0, 2), np.float32)
    while left > 0:
        length = min(BLOCK, left)
        block = whole[:length]
        yield np.pad(block, ((0, length - len(block)), (0, 0)))
        whole, left = whole[length:], left - length
