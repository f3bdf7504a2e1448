"""Bars, beats and tempi of a piece in seconds, and how a film's boundaries meet them."""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from engine.arrays import Floats
from engine.music.tempo import PPQ, Metre, tempo_map
from engine.plan.plan import Plan
from engine.score import BeatMap, Score

MEETS = 1 / 30
"""The farthest that a boundary may lie from a bar line or beat that it meets, in seconds."""


_AT_END = 0.005
"""Seconds."""


class Meeting(Enum):
    """What a boundary falls on."""

    BAR_LINE = "bar line"
    BEAT = "beat"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Timeline:
    """Where the bars and beats of a piece lie, in seconds from its start.

    duration: of the piece. bars: every bar line, rising from 0. beats: every beat, bar lines too.
    signatures: where a time signature begins, with its text. tempi: where a tempo begins, with
    quarter notes a minute. Neighbours in the last two differ.
    """

    duration: float
    bars: tuple[float, ...]
    beats: tuple[float, ...]
    signatures: tuple[tuple[float, str], ...]
    tempi: tuple[tuple[float, float], ...]

    def nearest_bar(self, seconds: float) -> int:
        """The bar, counted from 1, whose bar line is nearest to a time."""
        return _nearest(self.bars, seconds) + 1

    def meeting(self, seconds: float) -> Meeting:
        """What a boundary at this time falls on, within :data:`MEETS`."""
        for places, meeting in ((self.bars, Meeting.BAR_LINE), (self.beats, Meeting.BEAT)):
            # A nanosecond covers the rounding of sums.
            if abs(places[_nearest(places, seconds)] - seconds) <= MEETS + 1e-9:
                return meeting
        return Meeting.MISSED

    @property
    def usual_signature(self) -> str:
        """The time signature that holds the longest."""
        ends = [*(start for start, _ in self.signatures[1:]), self.duration]
        lengths: dict[str, float] = defaultdict(float)
        for (start, name), end in zip(self.signatures, ends, strict=True):
            lengths[name] += end - start
        return max(lengths, key=lengths.__getitem__)


def tempo_text(tempo: float) -> str:
    """Such as ``98.7`` or ``120``."""
    return f"{tempo:.1f}".removesuffix(".0")


def score_timeline(score: Score) -> Timeline:
    """The timeline of a score, as its exported file has it."""
    clock = tempo_map(score)
    # Whole ticks may leave a bar line or beat just before the end, where none begins.
    end = float(clock.beat_at(max(score.duration - _AT_END, _AT_END)))
    lines = [line for line in clock.bars if line < end]
    metres = np.searchsorted([metre.tick for metre in clock.metres], np.array(lines) * PPQ + 0.5)
    beats = [
        np.arange(line, following - 1e-6, _beat(clock.metres[metre - 1]))
        for line, following, metre in zip(lines, [*lines[1:], end], metres, strict=True)
    ]
    changes = _floats(clock.seconds_at([metre.tick / PPQ for metre in clock.metres]))
    tempi: list[tuple[float, float]] = []
    for tempo in clock.tempos:
        if not tempi or abs(tempi[-1][1] - 60e6 / tempo.microseconds) > 1e-3:
            tempi.append((float(clock.seconds_at(tempo.tick / PPQ)), 60e6 / tempo.microseconds))
    return Timeline(
        score.duration,
        _floats(clock.seconds_at(lines)),
        _floats(clock.seconds_at(np.concatenate(beats))),
        tuple(
            (seconds, f"{metre.numerator}/{metre.denominator}")
            for seconds, metre in zip(changes, clock.metres, strict=True)
            if clock.beat_at(seconds) < end
        ),
        tuple(tempi),
    )


def plan_timeline(plan: Plan) -> Timeline:
    """The timeline of a plan, as the file of a piece composed for it will have it."""
    numerator, denominator = plan.time_signatures[0]
    quarters = 4 * numerator / denominator / plan.bars[0]
    beats = tuple(beat * quarters for beat, _ in plan.points)
    seconds = tuple(seconds for _, seconds in plan.points)
    beat_map = BeatMap(beats, seconds, plan.time_signatures)
    return score_timeline(Score((), (), (), plan.duration, beat_map=beat_map))


def _beat(metre: Metre) -> float:
    """The beat of a time signature, in quarter notes: a dotted quarter in 6/8, 9/8 and 12/8."""
    compound = metre.denominator == 8 and metre.numerator % 3 == 0
    return 1.5 if compound else 4 / metre.denominator


def _nearest(places: Sequence[float], seconds: float) -> int:
    """The index of the place, of one or more that rise, that is nearest to a time."""
    after = bisect(places, seconds)
    around = range(max(after - 1, 0), min(after + 1, len(places)))
    return min(around, key=lambda place: abs(places[place] - seconds))


def _floats(values: Floats) -> tuple[float, ...]:
    return tuple(np.atleast_1d(values).tolist())
