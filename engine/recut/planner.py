"""Plan a new cut: kept bars as they were, and gaps that fit between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.cues import CueSheet
from engine.plan.last_chord import last_chord_beat
from engine.plan.plan import Plan
from engine.recut.bar_plan import BarPlan, phrases_of
from engine.recut.new_bars import NewBars
from engine.recut.runs import Run, whole_bars
from engine.recut.seams import Gap, close_gaps
from engine.recut.stretches import Stretch


@dataclass(frozen=True, slots=True)
class KeptBars:
    """Bars that go from the old plan to the new one as they are.

    old, new: the beat at which they begin in each. beats: how many there are; those after the
    film's end included. bars: how many bars.
    """

    old: int
    new: int
    beats: int
    bars: int


@dataclass(frozen=True, slots=True)
class NewPlan:
    """The plan of a new cut, and which of its bars are those of the old one, by new time."""

    plan: Plan
    kept: tuple[KeptBars, ...]

    @property
    def spans(self) -> tuple[tuple[float, float], ...]:
        """From and to of the kept bars in the new cut, in seconds."""
        at, end = self.plan.seconds_at, self.plan.duration
        return tuple((at(kept.new), min(at(kept.new + kept.beats), end)) for kept in self.kept)


def plan_recut(old: Plan, cues: CueSheet, stretches: Sequence[Stretch], seed: int = 0) -> NewPlan:
    """Plan the new cut of a film.

    old: the plan of the old cut. cues: of the new cut. stretches: what both have, by new time, in
    seconds from the zero of each score. seed: of chords that are drawn. Equal arguments give equal
    plans.
    """
    runs = whole_bars(old, stretches, cues.duration)
    placed, gaps = close_gaps(old, runs, cues.hits, cues.duration)
    plan, kept = _beats(old, cues, placed, gaps)
    if not old.phrases:
        return NewPlan(plan, kept)
    bars = NewBars(old, plan, cues, seed).plan(placed, gaps)
    return NewPlan(replace(plan, phrases=tuple(phrases_of(_ended(plan, bars)))), kept)


def _ended(plan: Plan, bars: Sequence[BarPlan]) -> Sequence[BarPlan]:
    """The bars of the film; one that begins just before its end goes on with the phrase before."""
    found = list(bars[: len(plan.bar_lines())])
    for number in range(1, len(found)):
        if not plan.may_begin_phrase(number + 1):
            before = found[number - 1]
            chords = found[number].chords or before.chords
            found[number] = BarPlan(before.phrase, chords, begins=False)
    return found


def _beats(
    old: Plan, cues: CueSheet, runs: Sequence[Run], gaps: Sequence[Gap]
) -> tuple[Plan, tuple[KeptBars, ...]]:
    """The beats, bars and last chord of the new cut; and the kept bars."""
    points: list[tuple[int, float]] = [(0, 0.0)]
    bars: list[int] = []
    kept: list[KeptBars] = []
    beat = 0
    for number, gap in enumerate(gaps):
        points += [(beat + beats, seconds) for beats, seconds in gap.points if beats]
        bars += gap.bars
        beat += gap.points[-1][0] if number < len(runs) else 0
        if number == len(runs):
            break
        run = runs[number]
        first, until = old.bar_line(run.first), old.bar_line(run.until)
        lengths = [old.bar_line(bar + 1) - old.bar_line(bar) for bar in range(run.first, run.until)]
        inner = [(at, seconds) for at, seconds in old.points if first < at < until]
        inner.append((until, old.seconds_at(until)))
        points += [(beat + at - first, seconds + run.moved) for at, seconds in inner]
        kept.append(KeptBars(first, beat, until - first, run.bars))
        bars += lengths
        beat += until - first
    last, seconds = points[-1]
    while points[-1][1] < cues.duration:
        # The ends of both cuts differ by less than half a frame.
        before, since = points[-2]
        points.append((last + 1, seconds + (seconds - since) / (last - before)))
        last, seconds = points[-1]
    plan = Plan(cues.duration, tuple(points), tuple(bars), old.beat, old.feel, shares=old.shares)
    if runs and runs[-1].ends:
        end = None if old.last_chord is None else old.last_chord - kept[-1].old + kept[-1].new
    else:
        end = None if old.last_chord is None else last_chord_beat(plan, cues.boundaries)
    return replace(plan, last_chord=end), tuple(kept)
