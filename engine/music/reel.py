"""The reel: the music of a film's cues in one score, each at its time, with silence between.

The reel has the tempi and time signatures of its cues. A bar of silence goes on in the tempo before
it, a little faster or slower. So the next cue begins a bar exactly at its in point. Where too
little time is left for that, the last bar of the cue before has another length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from engine.music.tempo import PPQ, tempo_map
from engine.music.tick_clock import TickClock
from engine.score import BeatMap, Score

LEAST, MOST = 0.6, 1.7
"""How many times as fast as the music before it silence may count."""
SIXTEENTH = 0.25
"""A sixteenth in quarter notes."""
SHORTEST = 0.75
"""The shortest bar between two cues, in sixteenths."""
APART = 2 / PPQ
"""The least distance of tempo changes in quarter notes, so that ticks tell them apart."""
Signature = tuple[int, int]


def joined(parts: Sequence[tuple[float, Score]], duration: float) -> Score:
    """The reel of a film of ``duration`` seconds.

    parts: the in point of each cue in seconds, rising, and its score; none begins before the one
    before has ended.
    """
    timeline = _Timeline()
    following = [start for start, _ in parts[1:]]
    for (start, score), until in zip(parts, [*following, None], strict=True):
        timeline.add(start, score, until)
    notes = [
        replace(note, onset=start + note.onset, end=start + note.end)
        for start, score in parts
        for note in score.notes
    ]

    def all_of(what: str) -> tuple[float, ...]:
        return tuple(start + time for start, score in parts for time in getattr(score, what))

    def labels_of(what: str) -> tuple[tuple[float, str], ...]:
        return tuple(
            (start + time, label) for start, score in parts for time, label in getattr(score, what)
        )

    return Score(
        tuple(sorted(notes, key=lambda note: (note.onset, note.instrument.value, note.pitch))),
        all_of("bars"),
        all_of("chords"),
        duration,
        timeline.beat_map,
        labels_of("keys"),
        labels_of("harmony"),
        tuple(
            replace(change, seconds=start + change.seconds)
            for start, score in parts
            for change in score.controls
        ),
    )


def beat_map(score: Score) -> BeatMap:
    """The beats and bars of a score: as planned, or counted from its bars."""
    if score.beat_map is not None:
        return score.beat_map
    found = tempo_map(score)
    ticks = [tempo.tick for tempo in found.tempos]
    end = max(float(found.beat_at(score.duration)), ticks[-1] / PPQ + 1)
    beats = (*(tick / PPQ for tick in ticks), end)
    changes = [metre.tick / PPQ for metre in found.metres]
    bars = [
        found.metres[int(np.searchsorted(changes, bar + 1e-9, "right")) - 1] for bar in found.bars
    ]
    return BeatMap(
        beats,
        tuple(found.seconds_at(np.array(beats)).tolist()),
        tuple((metre.numerator, metre.denominator) for metre in bars),
    )


@dataclass
class _Timeline:
    """Beats and bars of a reel, as far as it is joined. It ends at a bar line."""

    points: list[tuple[float, float]] = field(default_factory=lambda: [(0.0, 0.0)])
    bars: list[Signature] = field(default_factory=list)

    @property
    def beat_map(self) -> BeatMap:
        beats, seconds = zip(*self.points, strict=True)
        return BeatMap(beats, seconds, tuple(self.bars))

    def add(self, start: float, score: Score, until: float | None) -> None:
        """Add a cue and the silence after it. until: where the next cue begins; None for none."""
        found = beat_map(score)
        beats, seconds = np.array(found.beats, float), np.array(found.seconds, float)
        clock = TickClock(beats[:-1], np.diff(seconds) / np.diff(beats), seconds[:-1])
        if self.points == [(0.0, 0.0)] and start > 0:
            quarter = float(clock.seconds(1.0))
            self._silence(start, quarter, found.bars[0])
        base = self.points[-1][0]
        end = float(clock.ticks(score.duration))
        lines, signatures = _lines(found.bars, end)
        inner = [point for point in zip(beats, seconds, strict=True) if point[0] < end - APART]
        self.points += [(base + beat, start + time) for beat, time in inner[1:]]
        self.bars += signatures
        last = min(end, 1.0)
        quarter = (score.duration - float(clock.seconds(end - last))) / last
        ended = start + score.duration
        if until is None:
            self._point(base + end, ended)
            return
        rest = lines[-1] + _length(signatures[-1]) - end
        if self._fills(base + end, ended, rest, until, quarter, signatures[-1]):
            return
        # The last bar lasts until the next cue begins.
        while len(lines) > 1 and self._sixteenths(start, clock, lines[-1], until, quarter) == 0:
            lines.pop()
            self.bars.pop()
        count = max(1, self._sixteenths(start, clock, lines[-1], until, quarter))
        line = base + lines[-1]
        self.points = [point for point in self.points if point[0] < line - APART]
        self.points.append((line, start + float(clock.seconds(lines[-1]))))
        self.bars[-1] = _signature(count)
        self._point(line + count * SIXTEENTH, until)

    @staticmethod
    def _sixteenths(
        start: float, clock: TickClock, line: float, until: float, quarter: float
    ) -> int:
        """The length of a bar from a line to the next cue, in sixteenths; 0 if it is too short."""
        length = (until - start - float(clock.seconds(line))) / (quarter * SIXTEENTH)
        return 0 if length < SHORTEST else max(1, round(length))

    def _fills(
        self,
        beat: float,
        ended: float,
        rest: float,
        until: float,
        quarter: float,
        signature: Signature,
    ) -> bool:
        """Fill the time until the next cue with the rest of the bar and whole bars, if it fits."""
        bar = _length(signature)
        wanted = (until - ended) / quarter
        count = max(0, round((wanted - rest) / bar))
        length = rest + count * bar
        if length < APART or not LEAST <= wanted / length <= MOST:
            return False
        self._point(beat, ended)
        self._run(length, until, bar)
        self.bars += [signature] * count
        return True

    def _silence(self, until: float, quarter: float, signature: Signature) -> None:
        """Silence from the film's beginning."""
        bar = _length(signature)
        count = round(until / quarter / bar)
        if count >= 2:
            self._run(count * bar, until, bar)
            self.bars += [signature] * count
        else:
            length = max(1, round(until / quarter / SIXTEENTH))
            self._point(length * SIXTEENTH, until)
            self.bars.append(_signature(length))

    def _run(self, length: float, until: float, bar: float) -> None:
        """Silence of so many quarter notes.

        Tempi are rounded, so a long run ends a little early or late. Its last bar makes up for it.
        """
        beat, seconds = self.points[-1]
        if length > 2 * bar:
            first = length - bar
            self._point(beat + first, seconds + (until - seconds) * first / length)
        self._point(beat + length, until)

    def _point(self, beat: float, seconds: float) -> None:
        if len(self.points) > 1 and beat - self.points[-1][0] < APART:
            self.points.pop()
        self.points.append((beat, seconds))


def _lines(bars: Sequence[Signature], end: float) -> tuple[list[float], list[Signature]]:
    """The bar lines before ``end`` in quarter notes, and the signature of each bar."""
    lines, found = [0.0], [bars[0]]
    while (line := lines[-1] + _length(found[-1])) < end - APART:
        lines.append(line)
        found.append(bars[min(len(found), len(bars) - 1)])
    return lines, found


def _length(signature: Signature) -> float:
    """A bar in quarter notes."""
    return 4 * signature[0] / signature[1]


def _signature(sixteenths: int) -> Signature:
    for unit in (4, 2):
        if sixteenths % unit == 0:
            return sixteenths // unit, 16 // unit
    return sixteenths, 16
