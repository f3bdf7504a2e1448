"""Writes scores as standard MIDI files, whole and in stems.

Every file is of type 1: a conductor track with tempos and time signatures, then named parts. All
files of a score have the same tempo map and length, so that they line up in a DAW at zero. A note's
ticks lie within one tick of its seconds. Equal scores give equal bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from mido import Message, MetaMessage, MidiFile, MidiTrack

from engine.files import output_folder, write_atomically
from engine.music.midi_file import CHORD_MARKER
from engine.music.tempo import PPQ, TempoMap
from engine.score import Instrument, Score
from export.messages import timed
from export.ticks import TickScore, tick_score

Event = tuple[int, Message | MetaMessage]
Markers = Sequence[tuple[float, str]]
"""Names of moments, and their seconds from the score's zero, rising."""


def write_midi(
    score: Score,
    path: str | Path,
    markers: Markers = (),
    offset: MetaMessage | None = None,
) -> None:
    """Write the five parts, tempo map, chord markers and ``markers`` to ``path``.

    offset: where the file begins in its film (:func:`~export.smpte.smpte_offset`).
    Raises EmsyncError if ``path`` can't be written.
    """
    plan = _plan(score)
    conductor = _conductor(plan, score.chords, markers, offset)
    write_atomically(path, _file(plan.end, [conductor, *plan.parts.values()]))


def write_stems(
    score: Score, folder: str | Path, offset: MetaMessage | None = None
) -> dict[Instrument, Path]:
    """Write each part, silent ones too, to ``folder``/<instrument>.mid. Returns the paths.

    offset: as for ``write_midi``. Raises EmsyncError if ``folder`` can't be made or written.
    """
    plan = _plan(score)
    folder = output_folder(folder)
    paths = {instrument: folder / f"{instrument.value}.mid" for instrument in Instrument}
    conductor = _conductor(plan, offset=offset)
    for instrument, path in paths.items():
        write_atomically(path, _file(plan.end, [conductor, plan.parts[instrument]]))
    return paths


def part_bytes(ticks: TickScore, instrument: Instrument) -> bytes:
    """One part by itself, without a tempo map, as a file of type 0 for a DAW that has the map."""
    return _file(ticks.end, [_part(instrument, ticks)], 0)


@dataclass(frozen=True, slots=True)
class _Events:
    """The events of a score's files. ``end`` is the tick at which every track ends."""

    tempo_map: TempoMap
    end: int
    parts: dict[Instrument, list[Event]]
    keys: list[Event]
    harmony: list[Event]


def _plan(score: Score) -> _Events:
    ticks = tick_score(score)
    beats = ticks.tempo_map
    keys = [
        (tick, MetaMessage("key_signature", key=_signature(name)))
        for tick, name in _ticks(beats, score.keys)
    ]
    # Notation programs read the key of every track by itself. Drums have none.
    parts = {
        i: _in_order(_part(i, ticks), [] if i is Instrument.DRUMS else keys) for i in ticks.parts
    }
    symbols = [
        (tick, MetaMessage("text", text=name)) for tick, name in _ticks(beats, score.harmony)
    ]
    return _Events(beats, ticks.end, parts, keys, symbols)


def _ticks(beats: TempoMap, labels: Sequence[tuple[float, str]]) -> list[tuple[int, str]]:
    ticks = beats.tick_at([seconds for seconds, _ in labels]).tolist()
    return [(tick, name) for tick, (_, name) in zip(ticks, labels, strict=True)]


def _signature(key: str) -> str:
    """A key such as ``A minor`` as mido writes it: ``Am``. MIDI has no signature of eight signs."""
    tonic, mode = key.split()
    minor = mode == "minor"
    return _ENHARMONIC.get((tonic, minor), tonic) + ("m" if minor else "")


_ENHARMONIC = {("C#", False): "Db", ("Ab", True): "G#"}
"""Keys that are written with fewer signs, or that musicians name otherwise."""


def _in_order(events: list[Event], more: list[Event]) -> list[Event]:
    """Both lists by tick; at one tick ``more`` comes after the track's head."""
    head, rest = events[:2], events[2:]
    return head + sorted([*more, *rest], key=lambda event: event[0])


def _part(instrument: Instrument, ticks: TickScore) -> list[Event]:
    """The events of one part. At a tick, notes end, then controllers change, then notes begin."""
    channel = instrument.channel
    head: list[Event] = [
        (0, MetaMessage("track_name", name=instrument.value.capitalize())),
        (0, Message("program_change", channel=channel, program=instrument.program)),
    ]
    edges: list[tuple[int, int, int, int]] = []
    for note in ticks.parts[instrument]:
        edges.append((note.onset, 2, note.pitch, note.velocity))
        edges.append((note.end, 0, note.pitch, 0))
    edges += [(change.tick, 1, *change[1:]) for change in ticks.controls.get(instrument, ())]
    return head + [
        (tick, _message(kind, channel, number, value))
        for tick, kind, number, value in sorted(edges)
    ]


def _message(kind: int, channel: int, number: int, value: int) -> Message:
    if kind == 1:
        return Message("control_change", channel=channel, control=number, value=value)
    name = "note_on" if kind else "note_off"
    return Message(name, channel=channel, note=number, velocity=value)


def _conductor(
    plan: _Events,
    chords: Iterable[float] = (),
    markers: Markers = (),
    offset: MetaMessage | None = None,
) -> list[Event]:
    events: list[Event] = [(0, MetaMessage("track_name", name="Conductor"))]
    events += [] if offset is None else [(0, offset)]
    events += [
        (
            metre.tick,
            MetaMessage("time_signature", numerator=metre.numerator, denominator=metre.denominator),
        )
        for metre in plan.tempo_map.metres
    ]
    events += [
        (tempo.tick, MetaMessage("set_tempo", tempo=tempo.microseconds))
        for tempo in plan.tempo_map.tempos
    ]
    events += plan.keys + plan.harmony
    events += [
        (tick, MetaMessage("marker", text=CHORD_MARKER))
        for tick in plan.tempo_map.tick_at(list(chords)).tolist()
        if tick <= plan.end
    ]
    events += [
        (tick, MetaMessage("marker", text=name))
        for tick, name in _ticks(plan.tempo_map, markers)
        # Who reads the file must not take a name for a chord of the score.
        if tick <= plan.end and name != CHORD_MARKER
    ]
    return sorted(events, key=lambda event: event[0])


def _file(end: int, tracks: Iterable[list[Event]], kind: int = 1) -> bytes:
    midi = MidiFile(type=kind, ticks_per_beat=PPQ, charset="utf-8")
    for events in tracks:
        track = MidiTrack()
        now = 0
        for tick, message in [*events, (end, MetaMessage("end_of_track"))]:
            track.append(timed(message, tick - now))
            now = tick
        midi.tracks.append(track)
    buffer = BytesIO()
    midi.save(file=buffer)
    return buffer.getvalue()
