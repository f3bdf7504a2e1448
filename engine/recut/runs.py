"""Runs of whole bars of an old plan that a new cut of its film keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.plan.plan import SAME_TIME, Plan
from engine.recut.stretches import Stretch

FEWEST = 2
"""The fewest bars that are kept together. A single bar between new ones is not worth its seams."""


@dataclass(frozen=True, slots=True)
class Run:
    """Bars of the old plan, counted from 1: ``first`` up to ``until``, which is not one of them.

    moved: how much later they are in the new cut, in seconds. ends: they go on to the end of both
    cuts, with the last chord.
    """

    first: int
    until: int
    moved: float
    ends: bool = False

    @property
    def bars(self) -> int:
        """How many bars it has."""
        return self.until - self.first

    def start(self, plan: Plan) -> float:
        """Where it begins in the new cut, in seconds. plan: the old one."""
        return plan.seconds_at(plan.bar_line(self.first)) + self.moved

    def end(self, plan: Plan) -> float:
        """Where its last bar ends in the new cut, in seconds. plan: the old one."""
        return plan.seconds_at(plan.bar_line(self.until)) + self.moved


def whole_bars(plan: Plan, stretches: Sequence[Stretch], duration: float) -> tuple[Run, ...]:
    """The runs of bars that lie within stretches of unchanged picture.

    plan: the old one. stretches: by new time. duration: of the new cut, in seconds.

    After the last chord nothing plays. So its bar and those after it are kept only where both cuts
    end together.
    """
    lines = [plan.seconds_at(line) for line in plan.bar_lines()]
    last = len(lines) if plan.last_chord is None else plan.bar_at(plan.last_chord)
    found = []
    for stretch in stretches:
        inside = [
            bar
            for bar, seconds in enumerate(lines, start=1)
            if stretch.old - SAME_TIME <= seconds < stretch.old_end
        ]
        if not inside:
            continue
        first, until = inside[0], inside[-1]
        ends = (
            plan.duration - stretch.old_end < SAME_TIME
            and abs(duration - stretch.new_end) < SAME_TIME
        )
        if ends:
            until = len(lines) + 1
        elif plan.seconds_at(plan.bar_line(until + 1)) <= stretch.old_end + SAME_TIME:
            until += 1
        if not ends:
            until = min(until, last)
        ends = ends and first <= last
        run = Run(first, until, stretch.moved, ends)
        if run.bars >= FEWEST and (ends or first < last):
            found.append(run)
    return tuple(found)
