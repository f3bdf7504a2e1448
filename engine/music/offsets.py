"""Boundary offsets: for every token, the time left until the next boundary (paper, III-B2).

:class:`BoundaryTracker` is Algorithm 1, token by token, for composing; :func:`training_offsets`
does the same for a whole song at once, with the song's own chords as the boundaries. Both agree
token by token, which is what lets the network trust its offsets.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.arrays import Offsets, Tokens
from engine.music import vocabulary as voc
from engine.music.vocabulary import Kind, to_seconds, to_steps

MAX_OFFSET = 8.0
"""delta_max: offsets are clamped to this, which also means 'none left', in seconds."""
SENSITIVITY = 1.0
"""xi: a CHORD this close to a boundary fulfils it, in seconds (strictly less)."""

_MAX = to_steps(MAX_OFFSET)
_FULFILLED = np.iinfo(np.int64).max // 2


class BoundaryTracker:
    """Algorithm 1: feed each token, read the offset that goes with it.

    boundaries: seconds. A CHORD fulfils the nearest boundary within xi and only that one (the
    paper drops all within xi, which is the same for cuts 4 s apart and wrong for close ones).
    """

    def __init__(self, boundaries: Sequence[float]) -> None:
        self._waiting = sorted(to_steps(b) for b in boundaries)
        """Those not yet fulfilled, in steps."""
        self._cursor = 0

    @property
    def offset(self) -> float:
        """Seconds from now to the next boundary not yet fulfilled, at most delta_max."""
        following = bisect_left(self._waiting, self._cursor)
        if following == len(self._waiting):
            return MAX_OFFSET
        return to_seconds(min(self._waiting[following] - self._cursor, _MAX))

    def push(self, token: int) -> float:
        """Take a token and return its offset in seconds."""
        kind, steps, *_ = voc.TOKENS[token]
        if kind is Kind.TIMESHIFT:
            self._cursor += steps
        elif kind is Kind.CHORD and self._waiting:
            nearest = min(self._waiting, key=lambda boundary: abs(boundary - self._cursor))
            if abs(nearest - self._cursor) < to_steps(SENSITIVITY):
                self._waiting.remove(nearest)
        return self.offset


def training_offsets(tokens: Tokens, removed: npt.NDArray[np.bool_]) -> tuple[Tokens, Offsets]:
    """A song's tokens without the removed CHORDs, and the offset of each in seconds.

    tokens: [n], with every CHORD. removed: [n], true for CHORD tokens to take out; their
    boundaries stay (paper, IV-A: 20%, so that chords do not hang on the token alone).
    """
    cursor = np.cumsum(voc.STEPS[tokens])
    chords = np.flatnonzero(tokens == voc.CHORD)
    times = cursor[chords]
    # The last token that still waits for a boundary: the one before its CHORD, or, where the
    # CHORD was taken out and nothing fulfils it, the last one of its instant.
    last = np.where(removed[chords], np.searchsorted(cursor, times, "right") - 1, chords - 1)
    following = np.searchsorted(last, np.arange(len(tokens)), "left")
    padded = np.append(times, _FULFILLED)
    offsets = np.minimum(padded[following] - cursor, _MAX) * np.float32(voc.STEP_MS / 1000)
    kept = ~removed
    return tokens[kept], offsets[kept].astype(np.float32)
