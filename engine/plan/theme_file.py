"""Reads a theme from a MIDI file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from statistics import mean

from engine.errors import EmsyncError
from engine.music.conditions import FASTEST, SLOWEST
from engine.music.midi_file import MidiFile, MidiNote, MidiTrack, read_midi_file
from engine.music.vocabulary import HIGHEST_PITCH, LOWEST_PITCH
from engine.plan.plan import TIME_SIGNATURES
from engine.plan.theme import Theme
from engine.score import Instrument, Note

DRUMS_CHANNEL = 9
_FAMILIES = {
    0: Instrument.PIANO, 1: Instrument.PIANO, 3: Instrument.GUITAR, 4: Instrument.BASS,
    5: Instrument.STRINGS, 6: Instrument.STRINGS,
}  # fmt: skip
"""The part for each eight programs of General MIDI; others are melodies, which strings play."""


def read_theme(path: Path, part: Instrument | None = None) -> Theme:
    """The theme in a MIDI file.

    part: who plays it; its own track is taken where there is one. Without a part, the track with
    the highest notes is taken, and its name or program says who plays. Empty bars before it are
    left out. Raises EmsyncError for a file that can't be read, or that has no such theme.
    """
    midi = read_midi_file(path)
    tracks = [track for track in midi.tracks if track.notes]
    if not tracks:
        raise EmsyncError(f"{path}: has no notes; give a MIDI file with a theme")
    own = [track for track in tracks if _part(track) is part]
    pitched = [track for track in tracks if _part(track) is not Instrument.DRUMS] or tracks
    track = max(own or pitched, key=lambda each: mean(note.pitch for note in each.notes))
    signature = _signature(path, midi)
    tempo = 60e6 / midi.tempos[0][1]
    if not SLOWEST <= tempo <= FASTEST:
        raise EmsyncError(f"{path}: {tempo:.0f} quarter notes a minute; give {SLOWEST:g} to "
                          f"{FASTEST:g}")  # fmt: skip
    playing = part or _part(track)
    notes = _notes(track, midi.ticks_per_beat, playing)
    if not notes:
        raise EmsyncError(f"{path}: has no notes from pitch {LOWEST_PITCH} to {HIGHEST_PITCH}")
    try:
        first = Theme(playing, notes[:1], round(tempo, 3), signature)
        skipped = int(notes[0].onset / first.bar + 1e-6) * first.bar
        moved = (replace(n, onset=n.onset - skipped, end=n.end - skipped) for n in notes)
        return replace(first, notes=tuple(moved))
    except EmsyncError as error:
        raise EmsyncError(f"{path}: {error}") from error


def _part(track: MidiTrack) -> Instrument:
    """Who plays a track, by its name, else by its channel and program."""
    for instrument in Instrument:
        if instrument.value in track.name.lower():
            return instrument
    first: MidiNote = track.notes[0]
    if first.channel == DRUMS_CHANNEL:
        return Instrument.DRUMS
    return _FAMILIES.get(first.program // 8, Instrument.STRINGS)


def _signature(path: Path, midi: MidiFile) -> str:
    _, top, bottom = midi.metres[0] if midi.metres else (0, 4, 4)
    signature = f"{top}/{bottom}"
    if signature not in TIME_SIGNATURES:
        raise EmsyncError(
            f"{path}: time signature {signature}; choose from {', '.join(TIME_SIGNATURES)}"
        )
    return signature


def _notes(track: MidiTrack, ppq: float, part: Instrument) -> tuple[Note, ...]:
    notes = (
        Note(part, note.start / ppq, note.end / ppq, note.pitch, max(note.velocity, 1))
        for note in track.notes
        if LOWEST_PITCH <= note.pitch <= HIGHEST_PITCH and note.end > note.start
    )
    return tuple(sorted(notes, key=lambda note: (note.onset, note.pitch)))
