"""The events of a piece in order, from any position on."""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from bridge.midi.messages import Event, EventBuilder, control, order
from bridge.play.piece import Piece
from engine.performance.controllers import PEDAL, UP
from engine.score import Control, Instrument, Note


@dataclass(frozen=True, slots=True)
class Mark:
    """A chord or a boundary passes."""

    seconds: float
    kind: Literal["chord", "boundary"]


Due = Event | Mark


class EventStream:
    """Yields the events of a piece step by step, from the position ``begin`` on.

    Notes with an onset before ``begin`` are left out. Controllers start with their value there.
    """

    def __init__(self, piece: Piece, begin: float) -> None:
        self.begin = begin
        self._pedals = {c.instrument for c in piece.controls if c.controller == PEDAL}
        self._notes = sorted((n for n in piece.notes if n.onset >= begin), key=order)
        self._others: list[Due] = [
            *(Mark(seconds, "boundary") for seconds in piece.boundaries if seconds >= begin),
            *(Mark(seconds, "chord") for seconds in piece.chords if seconds >= begin),
            *_controls(piece.controls, begin),
        ]
        self._others.sort(key=_seconds)
        self._builder = EventBuilder()

    def add(self, notes: Iterable[Note], chords: Iterable[float] = ()) -> None:
        """Add to the piece; nothing may lie before the last ``seconds`` given to ``until``."""
        self._notes = sorted([*self._notes, *notes], key=order)
        self._others = sorted([*self._others, *(Mark(c, "chord") for c in chords)], key=_seconds)

    def cut(self, seconds: float) -> None:
        """Leave out the notes and chords from a position on; notes that sound keep their ends."""
        del self._notes[bisect_left(self._notes, seconds, key=lambda n: n.onset) :]
        self._others = [
            due
            for due in self._others
            if due.seconds < seconds or not isinstance(due, Mark) or due.kind != "chord"
        ]

    def until(self, seconds: float) -> Iterator[Due]:
        """What is due before ``seconds`` and was not yielded yet.

        At one instant marks and controllers come before notes.
        """
        notes = self._notes[: (end := bisect_left(self._notes, seconds, key=lambda n: n.onset))]
        others = self._others[: (rest := bisect_left(self._others, seconds, key=_seconds))]
        del self._notes[:end], self._others[:rest]
        return heapq.merge(others, self._builder.until(notes, seconds), key=_seconds)

    def release(self, seconds: float) -> Iterator[Event]:
        """End all active notes at ``seconds``, and lift the pedals that the piece uses."""
        yield from self._builder.release(seconds)
        for instrument in sorted(self._pedals, key=lambda each: each.channel):
            yield _event(Control(seconds, instrument, PEDAL, UP), seconds)


def _controls(controls: Iterable[Control], begin: float) -> Iterator[Event]:
    before: dict[tuple[Instrument, int], Control] = {}
    for change in sorted(controls, key=lambda change: change.seconds):
        if change.seconds <= begin:
            before[change.instrument, change.controller] = change
        else:
            yield _event(change, change.seconds)
    for change in before.values():
        yield _event(change, begin)


def _event(change: Control, seconds: float) -> Event:
    return Event(
        seconds, change.instrument, control(change.instrument, change.controller, change.value)
    )


def _seconds(due: Due) -> float:
    return due.seconds
