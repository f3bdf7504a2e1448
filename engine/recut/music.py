"""The notes of an old score that a new cut keeps, to the tick.

Kept notes come from the old MIDI file, as they are: what a user changed in it is kept too. They
move by whole beats, so their ticks from the bar line and their velocities stay the same.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from engine.composing.infill import Given
from engine.errors import EmsyncError
from engine.music.midi_file import MidiFile, read_midi_file
from engine.music.tempo import tempo_map
from engine.plan.plan import Plan
from engine.plan.timing import Timing
from engine.recut.planner import KeptBars, NewPlan
from engine.score import Instrument, Note, Score

CHORD_MARKER = "chord"
"""The marker of a CHORD in a score's MIDI file."""
OFF_PLAN = 0.02
"""How far a MIDI file may run off its plan, in seconds."""
_NAMED = {instrument.value: instrument for instrument in Instrument}
_BY_CHANNEL = {instrument.channel: instrument for instrument in Instrument}


@dataclass(frozen=True, slots=True)
class OldMusic:
    """What an old score's MIDI file holds, in quarter notes from its start.

    notes: onset and end are quarter notes, in place of seconds. chords: its CHORD marks.
    """

    notes: tuple[Note, ...]
    chords: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class KeptMusic:
    """given: the kept bars in film time, to compose around. shortened: how many of its notes end
    earlier than in the old score, at a seam where they would clash."""

    given: Given
    shortened: int


def read_old_music(path: Path, plan: Plan) -> OldMusic:
    """Read the score of a plan.

    Raises EmsyncError for a file that can't be read, or whose tempi are not those of the plan.
    """
    midi = read_midi_file(path)
    _check_tempi(path, midi, plan)
    ppq = midi.ticks_per_beat
    notes = [
        Note(instrument, note.start / ppq, note.end / ppq, note.pitch, note.velocity)
        for track in midi.tracks
        for note in track.notes
        if (instrument := _instrument(track.name, note.channel)) is not None
    ]
    chords = sorted(tick / ppq for tick, text in midi.markers if text == CHORD_MARKER)
    return OldMusic(tuple(sorted(notes, key=lambda note: note.onset)), tuple(chords))


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
    chords: list[float] = []
    lines: list[int] = []
    for kept in new.kept:
        first, until = kept.old * old.quarters, (kept.old + kept.beats) * old.quarters
        later = (kept.new - kept.old) * old.quarters
        for note in music.notes:
            if first <= note.onset < until:
                here = replace(note, onset=note.onset + later, end=note.end + later)
                moved.append(here)
                ends.append(_fitting_end(here, kept, timing))
        chords += [chord + later for chord in music.chords if first <= chord < until]
        last = kept.new + kept.beats
        lines += [line for line in plan.bar_lines() if kept.new <= line < last]
    notes = _apart([replace(note, end=end) for note, end in zip(moved, ends, strict=True)])
    shortened = sum(here.end < before.end for here, before in zip(notes, moved, strict=True))

    def seconds(quarters: Iterable[float]) -> tuple[float, ...]:
        return tuple(min(s, plan.duration) for s in clock.seconds_at(list(quarters)).tolist())

    starts = seconds(note.onset for note in notes)
    stops = seconds(note.end for note in notes)
    given = Given(
        tuple(_spans(new)),
        tuple(
            replace(note, onset=onset, end=end)
            for note, onset, end in zip(notes, starts, stops, strict=True)
        ),
        seconds(chords),
        tuple(plan.seconds_at(line) for line in lines),
    )
    return KeptMusic(given, shortened)


def _spans(new: NewPlan) -> Iterator[tuple[float, float]]:
    plan = new.plan
    for kept in new.kept:
        end = plan.seconds_at(kept.new + kept.beats)
        yield plan.seconds_at(kept.new), min(end, plan.duration)


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
