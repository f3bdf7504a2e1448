"""Reads standard MIDI files, damaged ones as far as they make sense.

A library that raises at the first fault loses the whole file. This reader keeps what comes before a
fault, skips what it can't use, and says what it left out.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from engine.errors import EmsyncError
from engine.music.midi_events import BrokenTrack, track_chunks, track_events
from engine.music.tick_clock import TickClock

LARGEST = 1 << 24
"""The most bytes of a file that is read: beyond it a file is no piece for a player."""
LONGEST = 24 * 3600.0
"""Seconds after which nothing is read: a damaged delta time may mean years."""
CHORD_MARKER = "chord"
"""The text of the marker at each CHORD of a score that emsync wrote."""

_TEMPO = 500_000
"""Microseconds of a quarter note until the first tempo."""
_FRAMES = {24: Fraction(24), 25: Fraction(25), 29: Fraction(30000, 1001), 30: Fraction(30)}
"""Frames a second of files that count in frames, by the number in their header."""
_NAME, _MARKER, _CUE_POINT, _SET_TEMPO, _METRE = 0x03, 0x06, 0x07, 0x51, 0x58
_SHORTEST_BEAT = 7
"""The largest exponent of a time signature's denominator: 128."""


class MidiNote(NamedTuple):
    """A note in ticks: ``start <= tick < end``. channel and program count from 0."""

    start: int
    end: int
    channel: int
    program: int
    pitch: int
    velocity: int


@dataclass(frozen=True, slots=True)
class MidiTrack:
    """name: empty where the track has none. notes: in the order of their ends. end: in ticks.
    controls: (tick, controller, value), rising, of all channels."""

    name: str
    notes: tuple[MidiNote, ...]
    end: int
    controls: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True)
class MidiFile:
    """The content of a MIDI file that a player needs; ticks count from the file's start.

    ticks_per_beat: ticks of a quarter note; in a file that counts in frames, ticks of half a
    second. tempos: (tick, microseconds of a quarter note), rising from 0. metres: (tick, numerator,
    denominator), rising. markers: (tick, text) of markers and cue points, by tick. faults: what was
    left out, in words; empty for a sound file.
    """

    ticks_per_beat: float
    tracks: tuple[MidiTrack, ...]
    tempos: tuple[tuple[int, int], ...]
    metres: tuple[tuple[int, int, int], ...]
    markers: tuple[tuple[int, str], ...]
    faults: tuple[str, ...] = ()

    @cached_property
    def clock(self) -> TickClock:
        """Converts between ticks and seconds."""
        ticks, tempos = zip(*self.tempos, strict=True)
        return TickClock(ticks, [tempo / (self.ticks_per_beat * 1e6) for tempo in tempos])

    @property
    def end(self) -> int:
        """The tick at which the last track ends."""
        return max((track.end for track in self.tracks), default=0)


def read_midi_file(path: Path) -> MidiFile:
    """Read a MIDI file.

    Raises EmsyncError where ``path`` can't be read, is no MIDI file, or has no track that could be
    placed in time.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise EmsyncError(
                f"{path}: has {size >> 20} MiB; a MIDI file for playing has at most "
                f"{LARGEST >> 20} MiB"
            )
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise EmsyncError(f"{path}: can't be read ({reason}); check the path") from error
    try:
        return parse_midi_file(data)
    except EmsyncError as error:
        raise EmsyncError(f"{path}: {error}") from error


def parse_midi_file(data: bytes) -> MidiFile:
    """Read the bytes of a MIDI file. Raises EmsyncError as :func:`read_midi_file` does."""
    # Some programs wrap the file (RIFF, MacBinary).
    header = data.find(b"MThd", 0, 4096)
    if not data:
        raise EmsyncError("is empty; export it again")
    if header < 0:
        raise EmsyncError("is not a MIDI file; give one that a DAW exported")
    if len(data) < header + 14:
        raise EmsyncError("breaks off in its first 14 bytes; export it again")
    kind, count, division = (
        int.from_bytes(data[at : at + 2], "big") for at in range(header + 8, header + 14, 2)
    )
    if kind == 2:
        raise EmsyncError("holds separate patterns (type 2); save it as type 1")
    ticks_per_beat, in_frames = _division(division)
    found = _Content()
    # Some files have remains of former tracks behind those that the header counts.
    for body, place in islice(track_chunks(data, header), count or None):
        found.read_track(body, place)
    if not found.tracks:
        raise EmsyncError("has no track; export it again")
    if len(found.tracks) < count:
        found.broken.append(f"{len(found.tracks)} of {count} tracks are there")
    tempos = {0: _TEMPO} if in_frames else {0: _TEMPO, **found.tempos}
    return _within_a_day(
        MidiFile(
            ticks_per_beat,
            tuple(found.tracks),
            tuple(sorted(tempos.items())),
            tuple((tick, *metre) for tick, metre in sorted(found.metres.items())),
            tuple(sorted(found.markers, key=lambda marker: marker[0])),
            found.faults(),
        )
    )


def _division(division: int) -> tuple[float, bool]:
    """Ticks of a quarter note, or of half a second; and whether the file counts in frames."""
    if division < 0x8000:
        if not division:
            raise EmsyncError("has 0 ticks a quarter note; export it again")
        return float(division), False
    frames, ticks = 0x100 - (division >> 8), division & 0xFF
    if frames not in _FRAMES or not ticks:
        raise EmsyncError(f"counts {ticks} ticks a frame at {frames} frames a second; export again")
    return float(_FRAMES[frames] * ticks / 2), True


@dataclass
class _Content:
    """What the tracks hold, as far as they are read."""

    tracks: list[MidiTrack] = field(default_factory=list)
    tempos: dict[int, int] = field(default_factory=dict)
    metres: dict[int, tuple[int, int]] = field(default_factory=dict)
    markers: list[tuple[int, str]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def faults(self) -> tuple[str, ...]:
        """All faults in words."""
        counted = self.counts.items()
        return *self.broken, *(f"{n} {what.format(s='s'[: n > 1])}" for what, n in counted)

    def read_track(self, data: bytes, place: int) -> None:
        """Read a track up to its end or its first fault. place: of ``data`` in the file."""
        name: str | None = None
        notes: list[MidiNote] = []
        controls: list[tuple[int, int, int]] = []
        begun: defaultdict[tuple[int, int], deque[tuple[int, int, int]]] = defaultdict(deque)
        programs = [0] * 16
        tick = at = 0
        try:
            for found in track_events(data):
                tick, at, status, event = found
                kind, channel = status >> 4, status & 0x0F
                if kind == 0x9 and event[1]:
                    begun[channel, event[0]].append((tick, event[1], programs[channel]))
                elif kind in (0x8, 0x9):
                    if active := begun[channel, event[0]]:
                        start, velocity, program = active.popleft()
                        notes.append(MidiNote(start, tick, channel, program, event[0], velocity))
                elif kind == 0xB:
                    controls.append((tick, event[0], event[1]))
                elif kind == 0xC:
                    programs[channel] = event[0]
                elif status == 0xFF:
                    if event[0] == _NAME and name is None:
                        name = _text(event[1:])
                    self._meta(tick, event[0], event[1:])
        except BrokenTrack as error:
            self.broken.append(f"track {len(self.tracks) + 1} {error} after byte {place + at}")
        for (channel, pitch), active in begun.items():
            for start, velocity, program in active:
                self.counts["note{s} without an end"] += 1
                notes.append(MidiNote(start, tick, channel, program, pitch, velocity))
        self.tracks.append(MidiTrack(name or "", tuple(notes), tick, tuple(controls)))

    def _meta(self, tick: int, kind: int, data: bytes) -> None:
        if kind in (_MARKER, _CUE_POINT):
            self.markers.append((tick, _text(data)))
        elif kind == _SET_TEMPO:
            tempo = int.from_bytes(data[:3], "big")
            if len(data) >= 3 and tempo:
                self.tempos[tick] = tempo
            else:
                self.counts["tempo{s} of no length"] += 1
        elif kind == _METRE:
            if len(data) >= 2 and data[0] and data[1] <= _SHORTEST_BEAT:
                self.metres[tick] = data[0], 1 << data[1]
            else:
                self.counts["impossible time signature{s}"] += 1


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _within_a_day(midi: MidiFile) -> MidiFile:
    """The file without what comes after :data:`LONGEST`."""
    last = int(midi.clock.ticks(LONGEST))
    if midi.end <= last:
        return midi
    tracks = tuple(
        MidiTrack(
            track.name,
            tuple(n._replace(end=min(n.end, last)) for n in track.notes if n.start < last),
            min(track.end, last),
            tuple(change for change in track.controls if change[0] < last),
        )
        for track in midi.tracks
    )
    return MidiFile(
        midi.ticks_per_beat,
        tracks,
        tuple(tempo for tempo in midi.tempos if tempo[0] < last),
        tuple(metre for metre in midi.metres if metre[0] < last),
        tuple(marker for marker in midi.markers if marker[0] < last),
        (*midi.faults, f"it goes on after {LONGEST / 3600:g} hours"),
    )
