from __future__ import annotations

from dataclasses import replace

from engine.recut.runs import Run, whole_bars
from engine.recut.stretches import Stretch


def lines(plan):
    return [plan.seconds_at(line) for line in plan.bar_lines()]


def test_only_whole_bars_are_kept(old_plan):
    at = lines(old_plan)
    (run,) = whole_bars(old_plan, [Stretch(at[2] + 0.5, 0.0, at[7] - at[2])], 60.0)
    assert (run.first, run.until) == (4, 8)
    assert run.start(old_plan) == at[3] - at[2] - 0.5


def test_bar_lines_at_the_edges_count(old_plan):
    at = lines(old_plan)
    (run,) = whole_bars(old_plan, [Stretch(at[2] + 0.01, 5.0, at[6] - at[2] - 0.02)], 60.0)
    assert (run.first, run.until) == (3, 7)


def test_a_single_bar_is_not_kept(old_plan):
    at = lines(old_plan)
    assert whole_bars(old_plan, [Stretch(at[2], 0.0, at[3] - at[2])], 60.0) == ()


def test_the_end_is_kept_only_where_both_films_end(old_plan):
    count = len(lines(old_plan))
    (both,) = whole_bars(old_plan, [Stretch(0.0, 8.0, 32.0)], 40.0)
    assert both == Run(1, count + 1, 8.0, True)
    (one,) = whole_bars(old_plan, [Stretch(0.0, 8.0, 32.0)], 60.0)
    assert one == Run(1, old_plan.bar_at(old_plan.last_chord), 8.0)
    assert whole_bars(old_plan, [Stretch(29.5, 0.0, 2.5)], 60.0) == ()


def test_a_piece_that_breaks_off_is_kept_up_to_its_last_whole_bar(old_plan):
    endless = replace(old_plan, last_chord=None)
    (run,) = whole_bars(endless, [Stretch(0.0, 0.0, 32.0)], 60.0)
    assert endless.seconds_at(endless.bar_line(run.until)) <= 32.02
