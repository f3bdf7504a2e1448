"""Changes of a song's speed: its time stretched in some places and compressed in others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.arrays import Tokens
from engine.music import vocabulary as voc
from engine.music.vocabulary import Kind


def time_warp(tokens: Tokens, before: Sequence[float], after: Sequence[float]) -> Tokens:
    """The tokens [n] with their time moved, still in the normal form.

    before, after: [k] times in steps, rising, from 0 to the song's end. What was at ``before[i]``
    moves to ``after[i]``. Times between are interpolated. Different moments stay different.
    """
    is_shift = voc.KIND[tokens] == Kind.TIMESHIFT
    # A wait of a second or more is several TIMESHIFTs in a row. The last of them arrives.
    arrivals = np.flatnonzero(is_shift & ~np.append(is_shift[1:], False))
    moments = np.append(0, np.cumsum(voc.STEPS[tokens])[arrivals])
    moved = np.rint(np.interp(moments, before, after)).astype(np.int64)
    order = np.arange(len(moved))
    gaps = np.diff(np.maximum.accumulate(moved - order) + order)
    rows = -(-gaps // voc.MAX_SHIFT)
    steps = np.full(rows.sum(), voc.MAX_SHIFT)
    steps[np.cumsum(rows) - 1] = gaps - (rows - 1) * voc.MAX_SHIFT
    others = np.flatnonzero(~is_shift)
    places = np.append(others, np.repeat(arrivals, rows))
    joined = np.append(tokens[others], voc.SHIFTS[steps - 1])
    return joined[np.argsort(places, kind="stable")].astype(np.uint16)
