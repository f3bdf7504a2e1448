"""Reads what a synthesizer plays out of a MIDI file."""

from __future__ import annotations

from itertools import accumulate
from pathlib import Path

from mido import Message, MetaMessage, MidiFile, tick2second

from engine.errors import EmsyncError
from export.messages import timed
from export.sound.blocks import RATE
from export.sound.synthesizer import Event

_PLAYED = {"note_on", "note_off", "control_change", "pitchwheel", "program_change", "aftertouch"}


def read_events(path: Path) -> tuple[Event, ...]:
    """The messages of all channels of a MIDI file, by time; meta events set the tempo alone.

    Raises EmsyncError for a file that can't be read.
    """
    try:
        file = MidiFile(path)
    except (OSError, ValueError, EOFError, KeyError, IndexError) as error:
        raise EmsyncError(f"{path}: is no MIDI file that can be read; score again") from error
    merged: list[tuple[int, Message | MetaMessage]] = []
    for track in file.tracks:
        ticks = accumulate(message.time for message in track)
        merged += zip(ticks, track, strict=True)
    found: list[Event] = []
    seconds, tempo, now = 0.0, 500_000, 0
    for tick, message in sorted(merged, key=lambda pair: pair[0]):
        seconds += tick2second(tick - now, file.ticks_per_beat, tempo)
        now = tick
        if message.type == "set_tempo":
            tempo = message.tempo
        elif message.type in _PLAYED:
            found.append(Event(round(seconds * RATE), timed(message, 0)))
    return tuple(found)


def programs(events: tuple[Event, ...]) -> set[int]:
    """The General MIDI programs that events ask for, from 0."""
    return {each.message.program for each in events if each.message.type == "program_change"}


def has_notes(events: tuple[Event, ...]) -> bool:
    """Whether anything sounds."""
    return any(each.message.type == "note_on" and each.message.velocity for each in events)


def keys(events: tuple[Event, ...]) -> set[int]:
    """The pitches that are played."""
    return {each.message.note for each in events if each.message.type == "note_on"}


def last_note_end(events: tuple[Event, ...]) -> float:
    """When the last note is let go, in seconds; a held pedal does not count."""
    ends = (each.frame for each in events if each.message.type in ("note_on", "note_off"))
    return max(ends, default=0) / RATE
