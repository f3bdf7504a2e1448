"""Snap time shifts that lead to nearly the same instant to the likeliest of them.

A network is never sure of the next beat to the step. Drawn as they are, all shifts would miss it a
little: bars would drift, and repeated figures would come back at another place. So the probability
of a shift moves to the likeliest shift within reach. (Ours.)
"""

from __future__ import annotations

import numpy as np

from engine.arrays import Ints, Logits
from engine.composing.logits.rule import Rule
from engine.composing.state import PieceState
from engine.music import vocabulary as voc

REACH = 4
"""The furthest that a likelier shift may be, in steps: 32 ms, less than a film's frame."""
SHARE = 4
"""Nor further than this part of the shift itself, or all short notes would become minimal."""


class TimeSnapping(Rule):
    """Snaps time shifts; for pieces in free time, since the beats of a plan do this already."""

    def bias(self, logits: Logits, state: PieceState) -> Logits:
        """Move the probability of each time shift to the likeliest within reach."""
        return snap(logits)


def _neighbours() -> Ints:
    """Each TIMESHIFT and those within its reach [125, 2 REACH + 1]; itself where none is."""
    steps = np.arange(1, voc.MAX_SHIFT + 1)[:, None]
    away = np.array(sorted(range(-REACH, REACH + 1), key=abs))
    near = steps + away
    within = (abs(away) <= np.minimum(REACH, steps // SHARE)) & (near <= voc.MAX_SHIFT)
    return np.where(within, near, steps) - 1


_NEIGHBOURS = _neighbours()


def snap(logits: Logits) -> Logits:
    """The logits [V] after snapping, twice: to the likeliest in reach, and in that one's reach.

    A shift that loses all its probability is minus infinity.
    """
    shifts = logits[voc.SHIFTS]
    highest = shifts.max()
    if not np.isfinite(highest):
        return logits
    weights = np.exp(shifts - highest)
    for _ in range(2):
        best = _NEIGHBOURS[np.arange(len(_NEIGHBOURS)), weights[_NEIGHBOURS].argmax(axis=1)]
        weights = np.bincount(best, weights, len(weights))
    snapped = logits.copy()
    with np.errstate(divide="ignore"):
        snapped[voc.SHIFTS] = np.log(weights) + highest
    return snapped
