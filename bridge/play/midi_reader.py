"""Reads pieces from MIDI files, written by ``emsync score`` or by another program."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np

from bridge.midi.messages import SHORTEST, order
from bridge.play.expression import expressed
from bridge.play.piece import Piece
from engine.cues import read_cues
from engine.errors import EmsyncError
from engine.music.midi_file import CHORD_MARKER, MidiFile, MidiNote, MidiTrack, read_midi_file
from engine.performance.controllers import EXPRESSION, PEDAL
from engine.plan.json_form import read_plan
from engine.score import Control, Instrument, Note
from export.piece import REEL, SCORE, STEMS

_NAMED = {instrument.value: instrument for instrument in Instrument}
_FAMILIES = {
    range(8): Instrument.PIANO,
    range(24, 32): Instrument.GUITAR,
    range(32, 40): Instrument.BASS,
}
"""General MIDI programs, from 0, and their instrument; all others are strings."""
_MOST_BARS = 100_000
"""Bars of a piece; a damaged time signature may ask for millions."""


def read_piece(path: Path, expressive: bool = False) -> Piece:
    """The piece in a MIDI file, or in a folder that ``emsync score`` wrote, with its boundaries.

    Of a film with several cues it is the reel.

    A track's name gives its instrument, else its General MIDI program does. expressive: add
    expression and pedal by the folder's plan and cue sheet, unless the file has them.

    Raises EmsyncError as ``read_midi`` does, and for a folder without a score.
    """
    if not path.is_dir():
        return read_midi(path)
    score, *stems = _files(path)
    if not score.exists() and not stems:
        raise EmsyncError(
            f"{path}: holds neither score.mid nor stems; give what emsync score wrote"
        )
    # An instrument that does not play still has a stem, without notes.
    piece = _read(score) if score.exists() else _merged([_read(stem) for stem in stems])
    if not piece.notes:
        raise EmsyncError(f"{path}: holds no notes; give another")
    if not (path / "cues.json").exists():
        return piece
    cues = read_cues(path / "cues.json")
    if expressive and not piece.controls:
        plan = path / "plan.json"
        piece = expressed(piece, cues, read_plan(plan) if plan.exists() else None)
    return replace(piece, boundaries=cues.boundaries, film_rate=cues.video.fps)


def read_midi(path: Path) -> Piece:
    """The piece in one MIDI file. It warns of a damaged file, which is read as far as it goes.

    Raises EmsyncError when it can't be read, is no MIDI file, or has no notes.
    """
    piece = _read(path)
    if not piece.notes:
        raise EmsyncError(f"{path}: holds no notes; give another")
    return piece


def read_beats(path: Path) -> Callable[[float], float]:
    """The tempo map of the file or folder that ``read_piece`` reads: quarter notes to seconds.

    Raises EmsyncError as ``read_midi`` does.
    """
    if path.is_dir():
        path = min(_files(path), key=_missing)
    midi = read_midi_file(path)
    return lambda beats: float(midi.clock.seconds(beats * midi.ticks_per_beat))


def _files(folder: Path) -> list[Path]:
    """The piece or the reel of a folder, which may be missing, and its stems."""
    reel = folder / REEL
    piece = reel if reel.exists() else folder / SCORE
    return [piece, *sorted((folder / STEMS).glob("*.mid"))]


def _missing(path: Path) -> bool:
    return not path.exists()


def _read(path: Path) -> Piece:
    midi = read_midi_file(path)
    if midi.faults:
        warnings.warn(
            f"{path}: {', '.join(midi.faults)}; the rest is played as it is", stacklevel=3
        )
    notes_of_tracks = chain.from_iterable(_notes(track, midi) for track in midi.tracks)
    controls = chain.from_iterable(_controls(track, midi) for track in midi.tracks)
    chords = [tick for tick, text in midi.markers if text == CHORD_MARKER]
    notes = tuple(sorted(notes_of_tracks, key=order))
    # A note without length is played too, such as the stroke of a drum. It may be the last event.
    duration = float(midi.clock.seconds(midi.end))
    duration = max([duration, *(note.onset + SHORTEST for note in notes[-1:])])
    return Piece(
        notes,
        tuple(midi.clock.seconds(chords).tolist()),
        (),
        duration,
        tuple(sorted(controls, key=lambda change: change.seconds)),
        _bars(midi),
    )


def _notes(track: MidiTrack, midi: MidiFile) -> Iterator[Note]:
    named = _NAMED.get(track.name.strip().lower())
    onsets = midi.clock.seconds([note.start for note in track.notes]).tolist()
    ends = midi.clock.seconds([note.end for note in track.notes]).tolist()
    for note, onset, end in zip(track.notes, onsets, ends, strict=True):
        yield Note(named or _by_program(note), onset, end, note.pitch, note.velocity)


def _controls(track: MidiTrack, midi: MidiFile) -> Iterator[Control]:
    """Expression and pedal of a track that is named as a part; others may share an instrument."""
    named = _NAMED.get(track.name.strip().lower())
    changes = [change for change in track.controls if change[1] in (EXPRESSION, PEDAL)]
    if named is None or not changes:
        return
    times = midi.clock.seconds([tick for tick, _, _ in changes]).tolist()
    for seconds, (_, controller, value) in zip(times, changes, strict=True):
        yield Control(seconds, named, controller, value)


def _by_program(note: MidiNote) -> Instrument:
    if note.channel == Instrument.DRUMS.channel:
        return Instrument.DRUMS
    for programs, instrument in _FAMILIES.items():
        if note.program in programs:
            return instrument
    return Instrument.STRINGS


def _bars(midi: MidiFile) -> tuple[float, ...]:
    """The bar lines in seconds, from the time signatures; 4/4 until the first one."""
    metres = {0: (4, 4), **{tick: (top, bottom) for tick, top, bottom in midi.metres}}
    starts = sorted(metres)
    lines = [np.zeros(0)]
    room = _MOST_BARS
    for start, end in zip(starts, [*starts[1:], midi.end], strict=True):
        numerator, denominator = metres[start]
        length = 4 * numerator / denominator * midi.ticks_per_beat
        number = min(max(int(np.ceil((end - start) / length)), 0), room)
        lines.append(start + np.rint(np.arange(number) * length))
        room -= number
    ticks = np.concatenate(lines)
    seconds = midi.clock.seconds(np.unique(ticks[ticks < midi.end]))
    return tuple(np.unique(seconds).tolist())


def _merged(pieces: Sequence[Piece]) -> Piece:
    notes = chain.from_iterable(piece.notes for piece in pieces)
    controls = chain.from_iterable(piece.controls for piece in pieces)
    return Piece(
        tuple(sorted(notes, key=order)),
        (),
        (),
        max(p.duration for p in pieces),
        tuple(sorted(controls, key=lambda change: change.seconds)),
    )
