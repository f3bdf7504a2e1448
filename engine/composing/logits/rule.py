"""The interface of all rules of the composing loop.

The loop asks its rules at every token, in the order in which they are listed:

    forced_token -> mask -> bias -> (the token is drawn) -> update

A rule changes only what it is about; everything else it hands on.
"""

from __future__ import annotations

from engine.arrays import Logits, Mask
from engine.composing.state import Key, PieceState
from engine.music import vocabulary as voc


class Rule:
    """A rule that does nothing. Rules override the methods they need."""

    def forced_token(self, state: PieceState) -> int | None:
        """The token that must come next, or None if the network may choose."""
        return None

    def mask(self, allowed: Mask, state: PieceState) -> Mask:
        """The tokens [V] of ``allowed`` that this rule allows too. ``allowed`` stays unchanged."""
        return allowed

    def bias(self, logits: Logits, state: PieceState) -> Logits:
        """The logits [V] with this rule's preferences. ``logits`` stays unchanged."""
        return logits

    def update(self, token: int, state: PieceState) -> None:
        """Take note of a token. ``state`` holds it already."""

    def note_closed(self, key: Key, state: PieceState) -> None:
        """Take note that the loop ended a note without an OFF."""


def stop_at(step: int, allowed: Mask, state: PieceState) -> Mask:
    """The tokens [V] of ``allowed`` that lead no further than a later step.

    Rules use it for what must happen at a step of its own, such as a chord change in mid-bar.
    """
    left = step - state.cursor
    if left >= voc.MAX_SHIFT:
        return allowed
    allowed = allowed.copy()
    allowed[voc.SHIFTS[left:]] = False
    return allowed
