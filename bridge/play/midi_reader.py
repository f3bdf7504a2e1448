"""Reads pieces from MIDI files, written by ``emsync score`` or by another program."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, count
from pathlib import Path

import mido
import numpy as np

from bridge.midi.messages import order
from bridge.play.expression import expression
from bridge.play.piece import Piece
from engine.cues import read_cues
from engine.errors import EmsyncError
from engine.music.tick_clock import TickClock
from engine.score import Instrument, Note
from export.midi import CHORD_MARKER

_NAMED = {instrument.value: instrument for instrument in Instrument}
_FAMILIES = {
    range(8): Instrument.PIANO,
    range(24, 32): Instrument.GUITAR,
    range(32, 40): Instrument.BASS,
}
"""General MIDI programs, from 0, and their instrument; all others are strings."""

TempoMap = Callable[[float], float]
"""Converts ticks to seconds."""


def read_piece(path: Path, expressive: bool = False) -> Piece:
    """The piece in a MIDI file, or in a folder that ``emsync score`` wrote, with its boundaries.

    A track's name gives its instrument, else its General MIDI program does. expressive: add
    expression by the emotion in the folder's cue sheet.

    Raises EmsyncError as ``read_midi`` does, and for a folder without a score.
    """
    if not path.is_dir():
        return read_midi(path)
    score, stems = path / "score.mid", sorted((path / "stems").glob("*.mid"))
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
    controls = expression(cues.sections) if expressive else ()
    return replace(piece, boundaries=cues.boundaries, controls=controls)


def read_midi(path: Path) -> Piece:
    """The piece in one MIDI file.

    Raises EmsyncError when it can't be read, is no MIDI file, has no notes, or counts in frames.
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
        path = min([path / "score.mid", *(path / "stems").glob("*.mid")], key=_missing)
    midi = _open(path)
    seconds_at = _tempo_map(midi)
    return lambda beats: seconds_at(beats * midi.ticks_per_beat)


def _read(path: Path) -> Piece:
    midi = _open(path)
    seconds_at = _tempo_map(midi)
    notes: list[Note] = []
    chords: list[float] = []
    duration = 0.0
    for track in midi.tracks:
        duration = max(duration, seconds_at(sum(message.time for message in track)))
        notes += _notes(track, seconds_at)
        chords += _chords(track, seconds_at)
    bars = tuple(_bars(midi, seconds_at, duration))
    return Piece(tuple(sorted(notes, key=order)), tuple(sorted(chords)), (), duration, bars=bars)


def _open(path: Path) -> mido.MidiFile:
    try:
        midi = mido.MidiFile(path, clip=True)
    except OSError as error:
        raise EmsyncError(f"{path}: can't be read ({error.strerror or error})") from error
    except (ValueError, KeyError, IndexError, EOFError) as error:
        raise EmsyncError(f"{path}: is not a MIDI file ({error})") from error
    if midi.ticks_per_beat <= 0 or midi.ticks_per_beat >= 0x8000 or midi.type == 2:
        raise EmsyncError(f"{path}: counts in frames or patterns; save it with beats, as type 1")
    return midi


def _missing(path: Path) -> bool:
    return not path.exists()


def _tempo_map(midi: mido.MidiFile) -> TempoMap:
    tempos = {0: 500_000}
    for track in midi.tracks:
        tempos |= {tick: m.tempo for tick, m in _timed(track) if m.type == "set_tempo"}
    ticks = sorted(tempos)
    rates = np.array([tempos[tick] for tick in ticks]) / (midi.ticks_per_beat * 1e6)
    clock = TickClock(ticks, rates)
    return lambda tick: float(clock.seconds(tick))


def _timed(track: mido.MidiTrack) -> Iterator[tuple[int, mido.Message]]:
    """Each message with its tick."""
    tick = 0
    for message in track:
        tick += message.time
        yield tick, message


def _notes(track: mido.MidiTrack, seconds_at: TempoMap) -> Iterator[Note]:
    named = _NAMED.get(track.name.strip().lower())
    programs: dict[int, int] = {}
    begun: dict[tuple[int, int], deque[tuple[int, int]]] = defaultdict(deque)
    for tick, message in _timed(track):
        if message.type == "program_change":
            programs[message.channel] = message.program
        elif message.type == "note_on" and message.velocity:
            begun[message.channel, message.note].append((tick, message.velocity))
        elif message.type in ("note_on", "note_off"):
            key = message.channel, message.note
            if begun[key]:
                onset, velocity = begun[key].popleft()
                instrument = named or _by_program(programs.get(key[0], 0), key[0])
                yield Note(instrument, seconds_at(onset), seconds_at(tick), key[1], velocity)


def _by_program(program: int, channel: int) -> Instrument:
    if channel == Instrument.DRUMS.channel:
        return Instrument.DRUMS
    for programs, instrument in _FAMILIES.items():
        if program in programs:
            return instrument
    return Instrument.STRINGS


def _chords(track: mido.MidiTrack, seconds_at: TempoMap) -> Iterator[float]:
    for tick, message in _timed(track):
        if message.type == "marker" and message.text == CHORD_MARKER:
            yield seconds_at(tick)


def _bars(midi: mido.MidiFile, seconds_at: TempoMap, duration: float) -> Iterator[float]:
    """The bar lines in seconds, from the time signatures."""
    quarters = {0: 4.0}  # of a bar, by the tick of its time signature
    for track in midi.tracks:
        for tick, message in _timed(track):
            if message.type == "time_signature":
                quarters[tick] = 4 * message.numerator / message.denominator
    starts = sorted(quarters)
    for start, end in zip(starts, [*starts[1:], None], strict=True):
        for bar in count():
            tick = start + round(bar * quarters[start] * midi.ticks_per_beat)
            seconds = seconds_at(tick)
            if seconds >= duration or (end is not None and tick >= end):
                break
            yield seconds


def _merged(pieces: Sequence[Piece]) -> Piece:
    notes = chain.from_iterable(piece.notes for piece in pieces)
    return Piece(tuple(sorted(notes, key=order)), (), (), max(p.duration for p in pieces))
