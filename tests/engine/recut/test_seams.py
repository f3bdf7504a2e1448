from __future__ import annotations

from itertools import pairwise

import pytest

from engine.hits import Hit
from engine.recut.runs import FEWEST, Run
from engine.recut.seams import close_gaps


def test_runs_that_touch_have_nothing_between(old_plan):
    runs = (Run(1, 6, 0.0), Run(9, 15, old_plan.seconds_at(old_plan.bar_line(6))
                                - old_plan.seconds_at(old_plan.bar_line(9))))  # fmt: skip
    left, gaps = close_gaps(old_plan, runs, (), 60.0)
    assert left[0] == runs[0]
    assert [len(gap.bars) for gap in gaps[:2]] == [0, 0] and gaps[2].bars


@pytest.mark.parametrize("seconds", [0.3, 0.8, 1.3, 2.0, 3.1, 5.7, 11.0])
def test_any_gap_is_closed_by_whole_beats(old_plan, seconds):
    """The runs give up bars where they must."""
    start = old_plan.seconds_at(old_plan.bar_line(7))
    later = start + seconds - old_plan.seconds_at(old_plan.bar_line(7))
    runs = (Run(1, 7, 0.0), Run(7, 15, later))
    (left, right), (_, gap, _) = close_gaps(old_plan, runs, (), 60.0)
    assert min(left.bars, right.bars) >= FEWEST
    assert gap.start == left.end(old_plan) and gap.end == right.start(old_plan)
    assert gap.points[-1] == (sum(gap.bars), gap.end)
    points = [(0, gap.start), *(point for point in gap.points if point[0])]
    beats = [(then - now) / (end - start) for (start, now), (end, then) in pairwise(points)]
    assert min(beats) > 0.5 and max(beats) < 0.6


def test_a_hit_in_a_gap_begins_a_bar(old_plan):
    runs = (Run(1, 6, 0.0), Run(6, 15, 12.0))
    hit = Hit(old_plan.seconds_at(old_plan.bar_line(6)) + 5.2)
    (_, gap, _) = close_gaps(old_plan, runs, (hit,), 60.0)[1]
    lines = [sum(gap.bars[:number]) for number in range(len(gap.bars))]
    at = {round(seconds, 6): beat for beat, seconds in gap.points}
    assert at[round(hit.seconds, 6)] in lines


def test_a_run_that_fits_nowhere_is_composed_anew(old_plan):
    """Two bars a tenth of a second after another run have none to give up."""
    first = Run(1, 3, 0.0)
    gap = first.end(old_plan) + 0.1
    second = Run(5, 7, gap - old_plan.seconds_at(old_plan.bar_line(5)))
    left, gaps = close_gaps(old_plan, (first, second), (), 60.0)
    assert len(left) == 1 and len(gaps) == 2


def test_without_runs_there_is_one_gap(old_plan):
    left, (gap,) = close_gaps(old_plan, (), (Hit(7.0),), 20.0)
    assert left == () and gap.start == 0.0 and gap.points[-1][1] >= 20.0 - 1e-9
