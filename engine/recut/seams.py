"""Beats between runs of kept bars: a whole number of them fits into each gap.

A gap has the tempo of the old plan, bent by 4% at most, and one unusual bar before its end, as
:mod:`engine.plan.tempo_search` does. Where no number of beats fits, the runs on its sides give up
bars, as few as possible. They also give up bars where a boundary would be missed otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np

from engine.hits import Hit
from engine.plan.last_chord import LEAST_RING, LONGEST_RING, RING
from engine.plan.plan import SAME_TIME, Plan
from engine.plan.tempo_search import TempoFit, fit_tempo
from engine.recut.runs import FEWEST, Run

MOST_GIVEN_UP = 8
"""The most bars that both sides of a gap give up together."""
BAR = 1.5
"""The cost of a bar that is given up. A boundary that is missed costs 4."""
PINNED = 100.0
"""The weight of a gap's end, which must begin a bar."""
TOUCHING = 0.002
"""Runs no further apart follow each other directly, in seconds."""
ENDING_BARS = 2
"""The fewest new bars at a changed end: one leads to the last chord."""


@dataclass(frozen=True, slots=True)
class Gap:
    """New music between two runs, or at an end of the film.

    start, end: seconds of the new cut. points: beats from its start and their time in the new cut,
    its start and end included. bars: beats of each bar; the last one may go on beyond the film.
    """

    start: float
    end: float
    points: tuple[tuple[int, float], ...]
    bars: tuple[int, ...]


def close_gaps(
    plan: Plan, runs: Sequence[Run], hits: Sequence[Hit], duration: float
) -> tuple[tuple[Run, ...], tuple[Gap, ...]]:
    """The runs that are left, and the gaps between them: one more than runs; some are empty.

    plan: the old one. hits: of the new cut, duration: its length; both in seconds. Without runs
    that are left there is one gap. A gap behind a run that ends with the film is empty too.
    """
    seams = _Seams(plan, hits, duration)
    left = list(runs)
    while True:
        placed: list[Run] = []
        gaps: list[Gap] = []
        for right in [*left, None]:
            before = placed[-1] if placed else None
            joined = seams.join(before, right)
            if joined is None:
                break
            shorter, right_left, gap = joined
            if shorter is not None:
                placed[-1] = shorter
            gaps.append(gap)
            if right_left is not None:
                placed.append(right_left)
        else:
            return tuple(placed), tuple(gaps)
        # No number of beats fits between these two: the shorter one is composed anew.
        index = len(placed)
        if right is None or (placed and left[index - 1].bars <= right.bars):
            index -= 1
        del left[index]


class _Seams:
    def __init__(self, plan: Plan, hits: Sequence[Hit], duration: float) -> None:
        self._plan, self._hits, self._duration = plan, hits, duration
        beats, seconds = map(np.array, zip(*plan.points, strict=True))
        rates = np.diff(seconds) / np.diff(beats)
        self._tempo = 120 / float(rates.min() + rates.max())

    def join(
        self, left: Run | None, right: Run | None
    ) -> tuple[Run | None, Run | None, Gap] | None:
        """Both runs with the bars that they keep, and the gap; None if nothing fits.

        left: None at the film's start. right: None at its end.
        """
        best: tuple[float, Run | None, Run | None, Gap] | None = None
        for given_up in range(MOST_GIVEN_UP + 1):
            if best is not None and BAR * given_up >= best[0]:
                break
            for shorter, later in _given_up(left, right, given_up):
                found = self._gap(shorter, later)
                if found is None:
                    continue
                cost = BAR * given_up + found[0]
                if best is None or cost < best[0]:
                    best = cost, shorter, later, found[1]
        return None if best is None else best[1:]

    def _gap(self, left: Run | None, right: Run | None) -> tuple[float, Gap] | None:
        """The gap between two runs and its cost; None if no number of beats fits."""
        start = 0.0 if left is None else left.end(self._plan)
        if right is None:
            return self._last_gap(left, start)
        end = right.start(self._plan)
        if abs(end - start) <= TOUCHING:
            return 0.0, Gap(end, end, ((0, end),), ())
        beat = 60 / self._tempo
        if end - start < beat:
            return None
        hits = self._inside(start, end)
        # The film goes on, so that the gap's end is a boundary like the others.
        fit = self._fit(start, end + 2 * self._plan.usual_bar * beat, hits, end)
        met = [anchor for anchor in fit.anchors if anchor.seconds == end - start]
        if not met or not met[0].downbeat:
            return None
        points = tuple(
            (anchor.beat, start + anchor.seconds)
            for anchor in fit.anchors
            if anchor.seconds <= end - start
        )
        bars = fit.bars[: list(accumulate(fit.bars)).index(met[0].beat) + 1]
        return fit.cost, Gap(start, end, (*points[:-1], (points[-1][0], end)), bars)

    def _last_gap(self, left: Run | None, start: float) -> tuple[float, Gap] | None:
        """The gap to the film's end, in which the last chord falls."""
        end = self._duration
        if left is not None and left.ends:
            return 0.0, Gap(end, end, ((0, end),), ())
        beat = 60 / self._tempo
        hits = self._inside(start, end)
        # The last chord may fall on the last boundary, if that is near the end.
        near = [
            end - hit.seconds
            for hit in self._hits
            if LEAST_RING <= end - hit.seconds <= LONGEST_RING
        ]
        ring = max(RING, min(near, default=RING))
        least = (ENDING_BARS - 1) * self._plan.usual_bar * beat + ring
        if left is not None and end - start < least:
            return None
        fit = self._fit(start, end, hits, None)
        points = [(anchor.beat, start + anchor.seconds) for anchor in fit.anchors]
        last, seconds = points[-1]
        rest = math.ceil((end - seconds) * fit.tempo / 60 - 1e-9)
        if rest > 0:
            points.append((last + rest, seconds + rest * 60 / fit.tempo))
        return fit.cost, Gap(start, end, tuple(points), fit.bars)

    def _inside(self, start: float, end: float) -> list[Hit]:
        return [hit for hit in self._hits if start + SAME_TIME < hit.seconds < end - SAME_TIME]

    def _fit(self, start: float, end: float, hits: Sequence[Hit], pinned: float | None) -> TempoFit:
        times = [hit.seconds - start for hit in hits]
        weights = [hit.worth for hit in hits]
        if pinned is not None:
            times, weights = [*times, pinned - start], [*weights, PINNED]
        return fit_tempo(self._tempo, times, end - start, self._plan.usual_bar, weights)


def _given_up(
    left: Run | None, right: Run | None, bars: int
) -> Iterator[tuple[Run | None, Run | None]]:
    """Both runs with this many bars less together."""
    for of_left in range(bars + 1) if left is not None else [0]:
        of_right = bars - of_left
        if right is None and of_right:
            continue
        shorter = None if left is None else replace(left, until=left.until - of_left)
        later = None if right is None else replace(right, first=right.first + of_right)
        if of_left and left is not None and left.ends:
            continue
        if all(run is None or run.bars >= FEWEST for run in (shorter, later)):
            yield shorter, later
