"""The notes of an old score that a new cut keeps, to the tick.

Kept notes come from the old MIDI file, as they are: what a user changed in it is kept too. They
move by whole beats, so their ticks from the bar line and their velocities stay the same.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from engine.composing.infill import Given
from engine.errors import EmsyncError
from engine.music.midi_file import CHORD_MARKER, MidiFile, read_midi_file
from engine.music.tempo import tempo_map
from engine.plan.plan import Plan
from engine.plan.timing import Timing
from engine.recut.planner import KeptBars, NewPlan
from engine.score import Instrument, Note, Score

OFF_PLAN = 0.02
"""How far a MIDI file may run off its plan, in seconds."""
LATEST = 0.125
"""How much later than written a note may be played, in quarter notes."""
_TICK = 1 / 480 + 1e-9
"""A tick of a score's file, in quarter notes."""
_NAMED = {instrument.value: instrument for instrument in Instrument}
_BY_CHANNEL = {instrument.channel: instrument for instrument in Instrument}


@dataclass(frozen=True, slots=True)
class OldMusic:
    """What an old score's MIDI file holds, in quarter notes from its start.

    notes: as written; onset and end are quarter notes, in place of seconds. chords: its CHORD
    marks. played: for each note, the same as it is played.
    """

    notes: tuple[Note, ...]
    chords: tuple[float, ...]
    played: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class KeptMusic:
    """given: the kept bars in film time as written, to compose around. played: for each of its
    notes, the same as it is played. shortened: how many of its notes end earlier than in the old
    score, at a seam where they would clash."""

    given: Given
    played: Mapping[Note, Note]
    shortened: int


def read_old_music(path: Path, plan: Plan, written: Path | None = None) -> OldMusic:
    """Read the score of a plan.

    written: the file with its notes as written; left out, or where it is missing, they are played
    as written. Raises EmsyncError for a file that can't be read, or whose tempi are not those of
    the plan.
    """
    midi = read_midi_file(path)
    _check_tempi(path, midi, plan)
    chords = sorted(
        tick / midi.ticks_per_beat for tick, text in midi.markers if text == CHORD_MARKER
    )
    played = _file_notes(midi)
    known = [] if written is None or not written.exists() else _file_notes(read_midi_file(written))
    return OldMusic(as_written(played, known), tuple(chords), played)


def _file_notes(midi: MidiFile) -> tuple[Note, ...]:
    """The notes of a file by onset, in quarter notes."""
    ppq = midi.ticks_per_beat
    notes = [
        Note(instrument, note.start / ppq, note.end / ppq, note.pitch, note.velocity)
        for track in midi.tracks
        for note in track.notes
        if (instrument := _instrument(track.name, note.channel)) is not None
    ]
    return tuple(sorted(notes, key=lambda note: note.onset))


def as_written(played: Sequence[Note], written: Iterable[Note]) -> tuple[Note, ...]:
    """For each played note, the written one; itself where a user has changed it since.

    All are in quarter notes. A written note begins a little earlier at most, ends no earlier, and
    has the same part, pitch and velocity.
    """
    known: defaultdict[tuple[Instrument, int, int], list[Note]] = defaultdict(list)
    for note in sorted(written, key=lambda note: note.onset):
        known[note.instrument, note.pitch, note.velocity].append(note)
    found = []
    for note in played:
        notes = known[note.instrument, note.pitch, note.velocity]
        place = bisect_right(notes, note.onset + _TICK, key=lambda each: each.onset) - 1
        candidate = notes[place] if place >= 0 else note
        fits = note.onset - candidate.onset <= LATEST and candidate.end >= note.end - _TICK
        found.append(candidate if fits else note)
    return tuple(found)


def _instrument(track: str, channel: int) -> Instrument | None:
    return _NAMED.get(track.strip().lower(), _BY_CHANNEL.get(channel))


def _check_tempi(path: Path, midi: MidiFile, plan: Plan) -> None:
    beats, seconds = map(np.array, zip(*plan.points, strict=True))
    inside = seconds <= plan.duration
    played = midi.clock.seconds(beats[inside] * plan.quarters * midi.ticks_per_beat)
    if np.abs(played - seconds[inside]).max() > OFF_PLAN:
        raise EmsyncError(
            f"{path}: has other tempi than the plan beside it; put both files of one score there"
        )


def kept_music(music: OldMusic, old: Plan, new: NewPlan) -> KeptMusic:
    """The music of the kept bars. old: the old plan."""
    plan, timing = new.plan, Timing(new.plan)
    score = Score((), (), (), plan.duration, timing.beat_map)
    # The file's own tempo map, whose tempi are rounded, so that ticks come out as they were.
    clock = tempo_map(score)
    moved: list[Note] = []
    ends: list[float] = []
    played: list[Note] = []
    chords: list[float] = []
    lines: list[int] = []
    for kept in new.kept:
        first, until = kept.old * old.quarters, (kept.old + kept.beats) * old.quarters
        later = (kept.new - kept.old) * old.quarters
        for note, as_played in zip(music.notes, music.played, strict=True):
            if first <= note.onset < until:
                here = _later(note, later)
                moved.append(here)
                ends.append(_fitting_end(here, kept, timing))
                played.append(_later(as_played, later))
        chords += [chord + later for chord in music.chords if first <= chord < until]
        last = kept.new + kept.beats
        lines += [line for line in plan.bar_lines() if kept.new <= line < last]
    notes = _apart([replace(note, end=end) for note, end in zip(moved, ends, strict=True)])
    shortened = sum(here.end < before.end for here, before in zip(notes, moved, strict=True))
    played = [
        replace(note, end=min(note.end, here.end)) for note, here in zip(played, notes, strict=True)
    ]

    def seconds(quarters: Iterable[float]) -> tuple[float, ...]:
        return tuple(min(s, plan.duration) for s in clock.seconds_at(list(quarters)).tolist())

    def in_film(notes: Sequence[Note]) -> tuple[Note, ...]:
        starts = seconds(note.onset for note in notes)
        stops = seconds(note.end for note in notes)
        return tuple(
            replace(note, onset=onset, end=end)
            for note, onset, end in zip(notes, starts, stops, strict=True)
        )

    written = in_film(notes)
    given = Given(
        new.spans,
        written,
        seconds(chords),
        tuple(plan.seconds_at(line) for line in lines),
    )
    return KeptMusic(given, dict(zip(written, in_film(played), strict=True)), shortened)


def _later(note: Note, quarters: float) -> Note:
    return replace(note, onset=note.onset + quarters, end=note.end + quarters)


def _apart(notes: list[Note]) -> list[Note]:
    """Notes that end where the next one of their pitch begins; rising, times in quarter notes."""
    following: dict[tuple[Instrument, int], float] = {}
    found = []
    for note in reversed(notes):
        key = note.instrument, note.pitch
        end = following.get(key, note.end)
        # Two notes at once stay as they are.
        found.append(replace(note, end=min(note.end, end)) if end > note.onset else note)
        following[key] = note.onset
    return found[::-1]


def _fitting_end(note: Note, kept: KeptBars, timing: Timing) -> float:
    """Where a note that lasts beyond its kept bars ends; all in quarter notes of the new plan.

    It keeps its length, unless a chord comes first that does not have it.
    """
    end = note.end
    quarters = timing.plan.quarters
    until = kept.new + kept.beats
    if end <= until * quarters or note.instrument is Instrument.DRUMS:
        return end
    chords = timing.arrangement.chords
    present = bisect_right(chords, until * timing.beat, key=lambda chord: chord[0]) - 1
    for step, chord in chords[max(0, present) :]:
        beat = max(step / timing.beat, until)
        if beat * quarters >= end:
            break
        if chord is not None and note.pitch % 12 not in chord.pitch_classes:
            return beat * quarters
    return end
