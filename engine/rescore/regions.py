"""What is composed anew, and what of an old score is kept."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from engine.composing.infill import SAME_INSTANT, Given
from engine.cues import CueSheet
from engine.errors import EmsyncError
from engine.music.chords import MIN_PITCHES
from engine.music.tempo import TempoMap, tempo_map
from engine.plan.plan import Plan
from engine.plan.timing import Timing
from engine.recut.music import OldMusic
from engine.score import CHORDAL, Instrument, Note, Score

EVERYONE = frozenset(Instrument)


@dataclass(frozen=True, slots=True)
class Region:
    """The notes of some parts that begin from ``start`` up to ``end``, in seconds of the score."""

    start: float
    end: float
    parts: frozenset[Instrument] = EVERYONE

    def holds(self, seconds: float) -> bool:
        """Whether a time lies in it; a note that is barely early counts as on time."""
        return self.start <= seconds + SAME_INSTANT < self.end


def section_region(cues: CueSheet, plan: Plan, number: int, parts: frozenset[Instrument]) -> Region:
    """The bars of a section of the film, counted from 1.

    Raises EmsyncError if there is no such section.
    """
    if not 1 <= number <= len(cues.sections):
        raise EmsyncError(f"section {number}: the last section of the film is {len(cues.sections)}")
    lines = np.array([plan.seconds_at(line) for line in plan.bar_lines()])
    section = cues.sections[number - 1]
    start, end = (float(lines[np.abs(lines - at).argmin()]) for at in (section.start, section.end))
    if number == len(cues.sections):
        end = plan.duration
    if end <= start:
        raise EmsyncError(f"section {number}: is shorter than a bar; give from and to")
    return Region(start, end, parts)


def checked_region(region: Region, duration: float) -> Region:
    """The region, if it fits a score of this length; one that ends later ends there.

    Raises EmsyncError otherwise.
    """
    if region.start >= duration or region.end <= region.start:
        raise EmsyncError(
            f"{region.start:g} to {region.end:g} s: give two rising times within the score's "
            f"{duration:.3f} s"
        )
    return Region(region.start, min(region.end, duration), region.parts)


def snapped_region(region: Region, plan: Plan) -> Region:
    """The region with each end at the nearest bar line; one bar at least.

    The music after it then begins with a bar. A network that composes up to mid-bar leaves the rest
    of that bar far less likely than it does a whole one.
    """
    edges = np.array(_bar_edges(plan))
    first, until = (int(np.abs(edges - at).argmin()) for at in (region.start, region.end))
    if first >= until:
        middle = (region.start + region.end) / 2
        first = min(int(np.searchsorted(edges, middle, "right")), len(edges) - 1) - 1
        first = max(first, 0)
        until = first + 1
    return Region(float(edges[first]), float(edges[until]), region.parts)


def whole_bars(region: Region, plan: Plan) -> tuple[int, int] | None:
    """The first and the last bar of a region, counted from 1; None if an end is in mid-bar."""
    edges = np.array(_bar_edges(plan))
    first, until = (int(np.abs(edges - at).argmin()) for at in (region.start, region.end))
    apart = max(abs(edges[first] - region.start), abs(edges[until] - region.end))
    return None if apart > SAME_INSTANT or first >= until else (first + 1, until)


def _bar_edges(plan: Plan) -> list[float]:
    """When the bars of a piece begin, and when the last one ends, in seconds."""
    lines = (plan.seconds_at(line) for line in plan.bar_lines())
    return [*(line for line in lines if line < plan.duration - SAME_INSTANT), plan.duration]


def given_music(music: OldMusic, plan: Plan, regions: Sequence[Region]) -> Given:
    """What is kept of an old score: all notes outside the regions, with the old file's ticks.

    music: of the old score. plan: the new one, which has the beats of the old one.
    """
    clock = clock_of(plan)
    notes = _notes(music.notes, plan, clock)
    kept = tuple(n for n in notes if n.instrument not in _anew(regions, n.onset))
    chords = clock.seconds_at(list(music.chords)).tolist()
    spans = tuple(_spans(plan, regions))
    given = Given(
        tuple((a, b) for a, b, _ in spans), kept, free=tuple(free for _, _, free in spans)
    )
    lines = (plan.seconds_at(line) for line in plan.bar_lines())
    return Given(
        given.spans,
        kept,
        tuple(chord for chord in chords if _stays(chord, kept, _anew(regions, chord))),
        tuple(line for line in lines if given.free_at(line) is not None),
        given.free,
    )


def played_notes(music: OldMusic, plan: Plan) -> dict[Note, Note]:
    """From each note of an old score as :func:`given_music` has it to the note as it was played."""
    clock = clock_of(plan)
    written = _notes(music.notes, plan, clock)
    return dict(zip(written, _notes(music.played, plan, clock), strict=True))


def clock_of(plan: Plan) -> TempoMap:
    """The tempo map of a plan as its MIDI files have it, with rounded tempi."""
    return tempo_map(Score((), (), (), plan.duration, Timing(plan).beat_map))


def _notes(notes: Sequence[Note], plan: Plan, clock: TempoMap) -> tuple[Note, ...]:
    onsets = clock.seconds_at([note.onset for note in notes]).tolist()
    ends = clock.seconds_at([note.end for note in notes]).tolist()
    return tuple(
        Note(note.instrument, onset, min(end, plan.duration), note.pitch, note.velocity)
        for note, onset, end in zip(notes, onsets, ends, strict=True)
    )


def _anew(regions: Iterable[Region], seconds: float) -> frozenset[Instrument]:
    """The parts that are composed anew at a time."""
    return frozenset().union(*(region.parts for region in regions if region.holds(seconds)))


def _stays(chord: float, kept: Sequence[Note], anew: frozenset[Instrument]) -> bool:
    """Whether a CHORD mark is that of a kept part."""
    if anew.isdisjoint(CHORDAL):
        return True
    first = bisect_right(kept, chord - SAME_INSTANT, key=lambda note: note.onset)
    until = bisect_right(kept, chord + SAME_INSTANT, key=lambda note: note.onset)
    played = [note.instrument for note in kept[first:until]]
    return any(played.count(part) >= MIN_PITCHES for part in CHORDAL if part not in anew)


def _spans(
    plan: Plan, regions: Sequence[Region]
) -> Iterable[tuple[float, float, frozenset[Instrument]]]:
    """Start and end of each stretch with given music, and the parts that are composed there.

    A part that the plan does not ask to play is not among them, though it is not kept.
    """
    starts = [plan.seconds_at(plan.bar_line(phrase.bar)) for phrase in plan.phrases]
    edges = {0.0, plan.duration}
    for region in regions:
        edges |= {region.start, region.end}
        edges |= {start for start in starts if region.start < start < region.end}
    for start, end in pairwise(sorted(edges)):
        anew = _anew(regions, (start + end) / 2)
        if anew == EVERYONE:
            continue
        place = bisect_right(starts, (start + end) / 2) - 1
        players = plan.phrases[place].instruments if starts else EVERYONE
        yield start, end, anew & frozenset(players)
