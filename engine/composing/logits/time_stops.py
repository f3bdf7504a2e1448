"""Steps that time must not pass over, such as a chord change in mid-bar."""

from __future__ import annotations

from engine.arrays import Mask
from engine.composing.state import PieceState
from engine.music import vocabulary as voc


def stop_at(step: int, allowed: Mask, state: PieceState) -> Mask:
    """The tokens [V] of ``allowed`` that lead no further than a later step."""
    left = step - state.cursor
    if left >= voc.MAX_SHIFT:
        return allowed
    allowed = allowed.copy()
    allowed[voc.SHIFTS[left:]] = False
    return allowed
