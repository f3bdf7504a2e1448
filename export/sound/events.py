"""Reads what a synthesizer plays out of a MIDI file."""

from __future__ import annotations

from pathlib import Path

from mido import MidiFile, merge_tracks, tick2second

from engine.errors import EmsyncError
from export.sound.blocks import RATE
from export.sound.synthesizer import Event

_PLAYED = {"note_on", "note_off", "control_change", "pitchwheel", "program_change", "aftertouch"}


def read_events(path: Path) -> tuple[Event, ...]:
    """The messages of all channels of a MIDI file, by time; meta events set the tempo alone.

    Raises EmsyncError for a file that can't be read.
    """
    try:
        file = MidiFile(path)
        tracks = merge_tracks(file.tracks)
    except (OSError, ValueError, EOFError, KeyError, IndexError) as error:
        raise EmsyncError(f"{path}: is no MIDI file that can be read; score again") from error
    found: list[Event] = []
    seconds, tempo = 0.0, 500_000
    for message in tracks:
        seconds += tick2second(message.time, file.ticks_per_beat, tempo)
        if message.type == "set_tempo":
            tempo = message.tempo
        elif message.type in _PLAYED:
            found.append(Event(round(seconds * RATE), message.copy(time=0)))
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
