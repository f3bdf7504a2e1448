"""Converts notes to timed channel messages.

At one instant note-offs come before note-ons. A pitch that is played again while it is active is
released first, so that a receiver never has to guess.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count

from engine.score import Instrument, Note

NOTE_OFF, NOTE_ON, CONTROL, PROGRAM = 0x80, 0x90, 0xB0, 0xC0
SHORTEST = 0.001
"""The least length of a note in seconds: its note-off must come after its note-on."""
_SYSEX = bytes([0xF0, 0x7D]) + b"emsync:"
"""0x7D marks a system-exclusive message of no maker (MIDI 1.0, table VIIb)."""


def note_on(instrument: Instrument, pitch: int, velocity: int) -> bytes:
    """A note-on. The least velocity is 1, since 0 would be a note-off."""
    return bytes([NOTE_ON | instrument.channel, pitch, min(max(velocity, 1), 127)])


def note_off(instrument: Instrument, pitch: int) -> bytes:
    """A note-off."""
    return bytes([NOTE_OFF | instrument.channel, pitch, 0])


def control(instrument: Instrument, controller: int, value: int) -> bytes:
    """A control change."""
    return bytes([CONTROL | instrument.channel, controller, value])


def introduction(instrument: Instrument) -> tuple[bytes, bytes]:
    """The General MIDI program, and the track's name as ``F0 7D "emsync:bass" F7``."""
    program = bytes([PROGRAM | instrument.channel, instrument.program])
    return program, _SYSEX + instrument.value.encode("ascii") + b"\xf7"


@dataclass(frozen=True, slots=True)
class Event:
    """A message due at ``seconds`` of the piece. note: the note that a note-on begins."""

    seconds: float
    instrument: Instrument
    message: bytes
    note: Note | None = None


class EventBuilder:
    """Converts notes to events step by step, from any moment of a piece on."""

    def __init__(self) -> None:
        self._ends: list[tuple[float, int, Instrument, int]] = []
        """A heap of (seconds, onset number, instrument, pitch)."""
        self._active: dict[tuple[Instrument, int], int] = {}
        """The onset number of each active note."""
        self._numbers = count()

    def until(self, notes: Iterable[Note], seconds: float) -> Iterator[Event]:
        """The events before ``seconds``, in order.

        notes: all notes of that time that were not given before, in a score's order.
        """
        for note in notes:
            yield from self._ends_up_to(note.onset)
            yield from self._begin(note)
        while self._ends and self._ends[0][0] < seconds:
            yield from self._end_next()

    def release(self, seconds: float) -> Iterator[Event]:
        """End all active notes at ``seconds``."""
        for instrument, pitch in sorted(self._active, key=lambda key: (key[0].channel, key[1])):
            yield Event(seconds, instrument, note_off(instrument, pitch))
        self._active.clear()
        self._ends.clear()

    def _ends_up_to(self, seconds: float) -> Iterator[Event]:
        while self._ends and self._ends[0][0] <= seconds:
            yield from self._end_next()

    def _end_next(self) -> Iterator[Event]:
        seconds, number, instrument, pitch = heapq.heappop(self._ends)
        # Otherwise a later onset of the same pitch has ended this note already.
        if self._active.get((instrument, pitch)) == number:
            del self._active[instrument, pitch]
            yield Event(seconds, instrument, note_off(instrument, pitch))

    def _begin(self, note: Note) -> Iterator[Event]:
        instrument, pitch = key = note.instrument, note.pitch
        if key in self._active:
            yield Event(note.onset, instrument, note_off(instrument, pitch))
        number = self._active[key] = next(self._numbers)
        end = max(note.end, note.onset + SHORTEST)
        heapq.heappush(self._ends, (end, number, instrument, pitch))
        yield Event(note.onset, instrument, note_on(instrument, pitch, note.velocity), note)


def events(notes: Iterable[Note]) -> list[Event]:
    """All events of these notes, in the order they are to be sent."""
    return list(EventBuilder().until(sorted(notes, key=order), float("inf")))


def order(note: Note) -> tuple[float, int, int]:
    """The sort key of a score's order: onset, then instrument, then pitch."""
    return note.onset, _RANK[note.instrument], note.pitch


_RANK = {instrument: rank for rank, instrument in enumerate(Instrument)}
