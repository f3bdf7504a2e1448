"""Play what is given.

Where all music is given every token is forced, so the network reads it as its own and goes on from
it. What sounds before ends where a span begins. A given note that lasts beyond its span keeps its
length. The rule knows nothing of the film.

Where some parts are free, the tokens of the others come at their steps, and the network is asked
between them. Before a given token, whatever is not the free parts' means that the given token comes
next. A time shift that would lead beyond the next given event means that nothing happens until
then. So the free parts play as often as the network thinks they should. (Ours.)
"""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache

import numpy as np

from engine.arrays import Logits, Mask
from engine.composing.infill import Given
from engine.composing.logits.rule import Rule, stop_at
from engine.composing.state import Key, PieceState
from engine.music import vocabulary as voc
from engine.music.events import within_instant
from engine.music.vocabulary import Kind
from engine.score import CHORDAL, Instrument

_ON, _OFF = voc.KIND == Kind.ON, voc.KIND == Kind.OFF
_SHIFT = voc.KIND == Kind.TIMESHIFT
_RANKS = np.array([within_instant(token)[0] for token in range(voc.SIZE)])
"""The place of each token [V] in the order of an instant."""


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
        if self.gives(token, state):
            step, _ = self._given.events[self._place]
            self._place += 1
            if kind is Kind.ON:
                self._active[key[0], key[1]] = self._given.ends[step, (key[0], key[1])]

    def note_closed(self, key: Key, state: PieceState) -> None:
        """The note has no OFF to come."""
        self._active.pop(key, None)

    def holds(self, key: Key) -> bool:
        """Whether a given note of this key sounds, which ends by itself."""
        return key in self._active

    def gives(self, token: int, state: PieceState) -> bool:
        """Whether a token is the given event that is due."""
        return self.due(state) == token

    def due(self, state: PieceState) -> int | None:
        """The given token that comes at the present step, or should have come; None for none."""
        if self._next is None or self._next[0] > state.cursor:
            return None
        return self._next[1]

    def due_now(self, state: PieceState) -> int:
        """How many given events come at the present step."""
        return bisect_right(self._given.events, (state.cursor, voc.SIZE)) - self._place

    def free(self, state: PieceState) -> frozenset[Instrument] | None:
        """The parts that are composed beside given ones; None outside the spans."""
        place = self._span(state.cursor)
        return None if place is None else self._given.free_in(place)

    def left(self, state: PieceState) -> int:
        """Steps until a given note begins or ends, or the present span ends."""
        place = self._span(state.cursor)
        ends = [] if place is None else [self._given.steps[place][1]]
        following = [] if self._next is None else [self._next[0]]
        return min([*ends, *following, *self._active.values()]) - state.cursor

    def rest_of_span(self, state: PieceState) -> int:
        """How many given events come before the present span ends; 0 where a part is free."""
        place = self._span(state.cursor)
        if place is None or self._given.free_in(place):
            return 0
        end = self._given.steps[place][1]
        return bisect_right(self._given.events, (end, -1)) - self._place

    def holds_until(self, step: int, state: PieceState) -> bool:
        """Whether everything from now on up to a step is given, in one span."""
        place = self._span(state.cursor)
        if place is None or self._given.free_in(place):
            return False
        return self._given.steps[place][1] >= step

    def forced_token(self, state: PieceState) -> int | None:
        """The OFF of a given note at its end; in a span, the next token that nobody may precede."""
        cursor = state.cursor
        for key, end in self._active.items():
            if end <= cursor:
                # A free shift may lead beyond it.
                state.builder.close(key, end)
                return _off(key)
        free = self.free(state)
        if free is None:
            return None
        for key in state.active:
            if key not in self._active and voc.INSTRUMENTS[key[0]] not in free:
                return _off(key)
        due = self.due(state)
        if due is not None:
            may_precede = _before(due, free) & (~_OFF | _offs(state, free))
            return None if may_precede.any() else due
        if free:
            return None
        return voc.shift(min(self.left(state), voc.MAX_SHIFT))

    def mask(self, allowed: Mask, state: PieceState) -> Mask:
        """Time stops where a span begins, and nothing else ends a given note."""
        free = self.free(state)
        if free:
            if self.due(state) is None:
                allowed = allowed & (_tokens(free) | _SHIFT)
        else:
            following = bisect_right(self._starts, state.cursor)
            if following < len(self._starts):
                allowed = stop_at(self._starts[following], allowed, state)
        if self._active:
            allowed = allowed.copy()
            allowed[list(map(_off, self._active))] = False
        return allowed

    def _span(self, step: int) -> int | None:
        place = bisect_right(self._starts, step) - 1
        return None if place < 0 or step >= self._given.steps[place][1] else place

    @property
    def _next(self) -> tuple[int, int] | None:
        """The next given event: its step and token."""
        events = self._given.events
        return events[self._place] if self._place < len(events) else None


class BetweenGiven(Rule):
    """Lets free parts play between the tokens of given ones. The last of all rules."""

    def __init__(self, given: GivenNotes) -> None:
        self._given = given

    def bias(self, logits: Logits, state: PieceState) -> Logits:
        """Give the probability of what can't come next to what comes instead."""
        free = self._given.free(state)
        if not free:
            return logits
        found = np.full_like(logits, -np.inf)
        due = self._given.due(state)
        if due is not None:
            before = _before(due, free)
            found[before] = logits[before]
            found[due] = np.logaddexp.reduce(logits[~before])
        else:
            left = min(self._given.left(state), voc.MAX_SHIFT)
            found[:] = logits
            beyond = voc.SHIFTS[left - 1 :]
            found[beyond] = -np.inf
            found[voc.shift(left)] = np.logaddexp.reduce(logits[beyond])
        if not np.isfinite(found).any():
            found[due if due is not None else voc.shift(left)] = 0.0
        return found


def _off(key: Key) -> int:
    return voc.note_off(voc.INSTRUMENTS[key[0]], key[1])


def _offs(state: PieceState, parts: frozenset[Instrument]) -> Mask:
    """The OFFs [V] of the active notes of some parts."""
    found = np.zeros(voc.SIZE, np.bool_)
    found[[_off(key) for key in state.active if voc.INSTRUMENTS[key[0]] in parts]] = True
    return found


@lru_cache(maxsize=64)
def _tokens(parts: frozenset[Instrument]) -> Mask:
    """The tokens [V] of some parts: ONs, OFFs, and CHORD if one of them plays chords."""
    indices = [voc.INSTRUMENTS.index(part) for part in parts]
    found: Mask = (_ON | _OFF) & np.isin(voc.INSTRUMENT, indices)
    found[voc.CHORD] = not parts.isdisjoint(CHORDAL)
    return found


@lru_cache(maxsize=4096)
def _before(token: int, parts: frozenset[Instrument]) -> Mask:
    """The tokens [V] of some parts that come before a token in the order of an instant."""
    return _tokens(parts) & (_RANKS[token] >= _RANKS)
