"""From notes to timed channel messages.

Within an instant offs come before ons, and a pitch struck again while it sounds is released
first, so that a receiver never has to guess.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count

from engine.score import Instrument, Note

NOTE_OFF, NOTE_ON, CONTROL, PROGRAM = 0x80, 0x90, 0xB0, 0xC0
SHORTEST = 0.001
"""No note sounds for less, in seconds: its OFF must come after its ON."""
_OURS = bytes([0xF0, 0x7D]) + b"emsync:"
"""0x7D marks a system-exclusive message of no maker (MIDI 1.0, table VIIb)."""


def note_on(instrument: Instrument, pitch: int, velocity: int) -> bytes:
    """Strike; a velocity of 0 would be a release, so 1 is the least."""
    return bytes([NOTE_ON | instrument.channel, pitch, min(max(velocity, 1), 127)])


def note_off(instrument: Instrument, pitch: int) -> bytes:
    """Release."""
    return bytes([NOTE_OFF | instrument.channel, pitch, 0])


def control(instrument: Instrument, controller: int, value: int) -> bytes:
    """Set a controller."""
    return bytes([CONTROL | instrument.channel, controller, value])


def introduction(instrument: Instrument) -> tuple[bytes, bytes]:
    """The General MIDI program, and the track's name as ``F0 7D "emsync:bass" F7``."""
    program = bytes([PROGRAM | instrument.channel, instrument.program])
    return program, _OURS + instrument.value.encode("ascii") + b"\xf7"


@dataclass(frozen=True, slots=True)
class Event:
    """A message due at ``seconds`` of the piece; ``note`` is what an ON strikes."""

    seconds: float
    instrument: Instrument
    message: bytes
    note: Note | None = None


class Unrolling:
    """Notes turned into events, little by little, from any moment on."""

    def __init__(self) -> None:
        self._ends: list[tuple[float, int, Instrument, int]] = []
        self._held: dict[tuple[Instrument, int], int] = {}
        self._strokes = count()

    def until(self, notes: Iterable[Note], seconds: float) -> Iterator[Event]:
        """The events before ``seconds``, given every note of that time not given yet, in order."""
        for note in notes:
            yield from self._ends_up_to(note.onset)
            yield from self._strike(note)
        while self._ends and self._ends[0][0] < seconds:
            yield from self._end_next()

    def release(self, seconds: float) -> Iterator[Event]:
        """End all that sounds, now."""
        for instrument, pitch in sorted(self._held, key=lambda key: (key[0].channel, key[1])):
            yield Event(seconds, instrument, note_off(instrument, pitch))
        self._held.clear()
        self._ends.clear()

    def _ends_up_to(self, seconds: float) -> Iterator[Event]:
        while self._ends and self._ends[0][0] <= seconds:
            yield from self._end_next()

    def _end_next(self) -> Iterator[Event]:
        seconds, stroke, instrument, pitch = heapq.heappop(self._ends)
        # A later stroke has ended this one already.
        if self._held.get((instrument, pitch)) == stroke:
            del self._held[instrument, pitch]
            yield Event(seconds, instrument, note_off(instrument, pitch))

    def _strike(self, note: Note) -> Iterator[Event]:
        instrument, pitch = key = note.instrument, note.pitch
        if key in self._held:
            yield Event(note.onset, instrument, note_off(instrument, pitch))
        stroke = self._held[key] = next(self._strokes)
        end = max(note.end, note.onset + SHORTEST)
        heapq.heappush(self._ends, (end, stroke, instrument, pitch))
        yield Event(note.onset, instrument, note_on(instrument, pitch, note.velocity), note)


def events(notes: Iterable[Note]) -> list[Event]:
    """All events of these notes, in the order they are to be sent."""
    return list(Unrolling().until(sorted(notes, key=order), float("inf")))


def order(note: Note) -> tuple[float, int, int]:
    """Notes in a score's order: by onset, then instrument, then pitch."""
    return note.onset, _RANK[note.instrument], note.pitch


_RANK = {instrument: rank for rank, instrument in enumerate(Instrument)}
