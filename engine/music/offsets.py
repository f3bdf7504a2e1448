"""Boundary offsets: for every token, the time left until the next boundary (paper, III-B2).

:class:`BoundaryTracker` is Algorithm 1, token by token, for composing. :func:`training_offsets`
does the same for a whole song, with its own chords as the boundaries. Both agree for every token,
so the network composes with the offsets it was trained on.
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
"""delta_max: the largest offset in seconds, also used if no boundary is left."""
SENSITIVITY = 1.0
"""xi: a CHORD less than this many seconds from a boundary fulfils it."""

_MAX = to_steps(MAX_OFFSET)
_FULFILLED = np.iinfo(np.int64).max // 2


class BoundaryTracker:
    """Algorithm 1: returns the offset of each token.

    boundaries: seconds. A CHORD fulfils only the nearest boundary within xi. The paper drops all
    within xi, which is the same for cuts 4 s apart and wrong for closer ones.
    """

    def __init__(self, boundaries: Sequence[float]) -> None:
        self._waiting = sorted(to_steps(b) for b in boundaries)
        """Boundaries that are not fulfilled yet, in steps."""
        self._cursor = 0

    @property
    def offset(self) -> float:
        """Seconds from now to the next unfulfilled boundary, at most delta_max."""
        following = bisect_left(self._waiting, self._cursor)
        if following == len(self._waiting):
            return MAX_OFFSET
        return to_seconds(min(self._waiting[following] - self._cursor, _MAX))

    def push(self, token: int) -> float:
        """Process a token. Returns its offset in seconds."""
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

    tokens: [n], with every CHORD. removed: [n], true for CHORD tokens to remove; their boundaries
    stay. The paper removes 20%, so that chords do not depend on the token alone (IV-A).
    """
    cursor = np.cumsum(voc.STEPS[tokens])
    chords = np.flatnonzero(tokens == voc.CHORD)
    times = cursor[chords]
    # The last token whose offset counts down to the boundary: the one before its CHORD. If the
    # CHORD was removed, nothing fulfils the boundary, and it is the last token of the instant.
    last = np.where(removed[chords], np.searchsorted(cursor, times, "right") - 1, chords - 1)
    following = np.searchsorted(last, np.arange(len(tokens)), "left")
    padded = np.append(times, _FULFILLED)
    offsets = np.minimum(padded[following] - cursor, _MAX) * np.float32(voc.STEP_MS / 1000)
    kept = ~removed
    return tokens[kept], offsets[kept].astype(np.float32)
