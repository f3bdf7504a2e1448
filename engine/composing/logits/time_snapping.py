"""Steps to nearly the same instant, gathered on the likeliest of them.

A network is never sure to the step when the next beat is; drawn as it is told, every step would be
a little off, bars would wander, and what returns would return at another place. So what leads to
within a few steps of a likelier instant leads to that instant. (Ours.)
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.arrays import Logits
from engine.music import vocabulary as voc

REACH = 4
"""Steps that a likelier one may be away, at most: 32 ms, less than a film's frame."""
SHARE = 4
"""No more than this part of the step itself either, or short notes would be as short as can be."""


def _near() -> npt.NDArray[np.int64]:
    """Of each TIMESHIFT [125, 2 REACH + 1] itself and those within its reach, itself in place of
    what lies beyond."""
    steps = np.arange(1, voc.MAX_SHIFT + 1)[:, None]
    away = np.array(sorted(range(-REACH, REACH + 1), key=abs))
    near = steps + away
    within = (abs(away) <= np.minimum(REACH, steps // SHARE)) & (near <= voc.MAX_SHIFT)
    return np.where(within, near, steps) - 1


_NEAR = _near()


def snap(logits: Logits) -> Logits:
    """The logits [V] in which each TIMESHIFT's probability is with the likeliest in its reach,
    and with the likeliest in that one's reach; minus infinity where nothing is left."""
    told = logits[voc.SHIFTS]
    highest = told.max()
    if not np.isfinite(highest):
        return logits
    weights = np.exp(told - highest)
    for _ in range(2):
        best = _NEAR[np.arange(len(_NEAR)), weights[_NEAR].argmax(axis=1)]
        weights = np.bincount(best, weights, len(weights))
    gathered = logits.copy()
    with np.errstate(divide="ignore"):
        gathered[voc.SHIFTS] = np.log(weights) + highest
    return gathered
