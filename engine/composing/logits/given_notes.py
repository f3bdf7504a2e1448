"""Play what is given.

In a span of given music every token is forced, so the network reads it as its own and goes on from
it. What sounds before ends where a span begins. A given note that lasts beyond its span keeps its
length. The rule knows nothing of the film. (Ours.)
"""

from __future__ import annotations

from bisect import bisect_right

from engine.arrays import Mask
from engine.composing.infill import Given
from engine.composing.logits.rule import Rule, stop_at
from engine.composing.state import Key, PieceState
from engine.music import vocabulary as voc
from engine.music.vocabulary import Kind


class GivenNotes(Rule):
    """Forces the tokens of given music."""

    def __init__(self, given: Given) -> None:
        self._given = given
        self._starts = [start for start, _ in given.steps]
        self._place = 0
        """How many of the given events have come."""
        self._active: dict[Key, int] = {}
        """Given notes that sound, and the step at which each ends."""

    def update(self, token: int, state: PieceState) -> None:
        """Follow the given events."""
        kind, _, *key = voc.TOKENS[token]
        if kind is Kind.OFF:
            self._active.pop((key[0], key[1]), None)
        if self._next == (state.cursor, token):
            self._place += 1
            if kind is Kind.ON:
                self._active[key[0], key[1]] = self._given.ends[state.cursor, (key[0], key[1])]

    def note_closed(self, key: Key, state: PieceState) -> None:
        """The note has no OFF to come."""
        self._active.pop(key, None)

    def forced_token(self, state: PieceState) -> int | None:
        """The OFF of a given note at its end; in a span, the next token."""
        cursor = state.cursor
        for key, end in self._active.items():
            if end <= cursor:
                # A free shift may lead beyond it.
                state.builder.close(key, end)
                return _off(key)
        place = bisect_right(self._starts, cursor) - 1
        if place < 0 or cursor >= self._given.steps[place][1]:
            return None
        for key in state.active:
            if key not in self._active:
                return _off(key)
        stops = [self._given.steps[place][1], *self._active.values()]
        if self._next is not None:
            step, token = self._next
            if step <= cursor:
                return token
            stops.append(step)
        return voc.shift(min(min(stops) - cursor, voc.MAX_SHIFT))

    def mask(self, allowed: Mask, state: PieceState) -> Mask:
        """Time stops where a span begins, and nothing else ends a given note."""
        following = bisect_right(self._starts, state.cursor)
        if following < len(self._starts):
            allowed = stop_at(self._starts[following], allowed, state)
        if self._active:
            allowed = allowed.copy()
            allowed[list(map(_off, self._active))] = False
        return allowed

    @property
    def _next(self) -> tuple[int, int] | None:
        """The next given event: its step and token."""
        events = self._given.events
        return events[self._place] if self._place < len(events) else None


def _off(key: Key) -> int:
    return voc.note_off(voc.INSTRUMENTS[key[0]], key[1])
