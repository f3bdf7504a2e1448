from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.music.beat_grid import DOTTED, STRAIGHT, SWING, TRIPLET, BeatGrid

GRID = BeatGrid(64, (4, 3, 5, 4))
LINES = [0, 256, 448, 768, 1024, 1280]


def reached(grid: BeatGrid, step: int = 0) -> list[int]:
    return (step + 1 + np.flatnonzero(np.isfinite(grid.shifts(step)))).tolist()


def test_bars_lie_where_they_are_planned_and_the_last_length_goes_on():
    assert [step for step in range(1300) if GRID.is_bar(step)] == LINES
    assert [GRID.bar_after(step) for step in (0, 255, 256, 1024, 1279)] == [
        256, 256, 448, 1280, 1280,
    ]  # fmt: skip


def test_time_moves_from_sixteenth_to_sixteenth_up_to_the_bar_line():
    assert reached(GRID) == [16, 32, 48, 64, 80, 96, 112]
    assert reached(GRID, 400) == [416, 432, 448]
    # Whoever stands beside the grid comes back to it.
    assert reached(GRID, 405)[0] == 416


def test_triplets():
    assert reached(BeatGrid(60, (4,), TRIPLET)) == [20, 40, 60, 80, 100, 120]


def test_swing_has_a_late_second_eighth():
    grid = BeatGrid(60, (4,), SWING)
    assert reached(grid) == [40, 60, 100, 120]
    assert reached(grid, 40) == [60, 100, 120, 160]


def test_a_slow_swing_reaches_its_late_eighth_in_two_steps():
    grid = BeatGrid(249, (4,), SWING)
    assert reached(grid) == [83]
    assert reached(grid, 83) == [166]
    assert reached(grid, 166) == [249]


def test_beats_of_three_are_favoured_over_eighths_and_those_over_sixteenths():
    bias = BeatGrid(90, (2,), DOTTED).shifts(0)[14:90:15]
    sixteenths, eighths, beat = bias[[0, 2, 4]], bias[[1, 3]], bias[5]
    assert sixteenths.max() < eighths.min()
    assert eighths.max() < beat == 0


grids = st.builds(
    lambda biases, part, bars: BeatGrid(part * len(biases), tuple(bars), biases),
    st.sampled_from([STRAIGHT, TRIPLET, SWING, DOTTED]),
    st.integers(1, 130),
    st.lists(st.integers(1, 6), min_size=1, max_size=6),
)


@given(grids, st.integers(0, 20_000))
def test_bar_lines_and_beats_agree(grid, step):
    after = grid.bar_after(step)
    assert after > step and grid.is_bar(after) and grid.is_beat(after)
    between = [line for line in range(step + 1, after) if line % grid.beat == 0]
    assert not any(map(grid.is_bar, between))


@given(grids, st.integers(0, 5_000))
def test_a_shift_leads_to_a_part_of_a_beat_and_not_beyond_the_bar(grid, step):
    for target in reached(grid, step):
        assert target % grid.part == 0
        assert step < target <= grid.bar_after(step)


@given(grids)
def test_time_always_moves_on_from_the_grid(grid):
    step = 0
    for _ in range(200):
        if grid.part > 125:
            # No single shift is as long as that.
            break
        found = reached(grid, step)
        assert found
        step = found[0]


def test_a_bar_line_is_a_beat_where_the_bars_end():
    grid = BeatGrid(30, (1, 3), TRIPLET)
    assert [step for step in range(331) if grid.is_bar(step)] == [0, 30, 120, 210, 300]
    assert [step for step in range(100) if grid.is_beat(step)] == [0, 30, 60, 90]


def test_nearest():
    assert GRID.nearest(0.07) == pytest.approx(0.128)
    assert GRID.nearest(0.06) == 0.0


@pytest.mark.parametrize(
    ("beat", "bars", "biases"),
    [(63, (4,), STRAIGHT), (64, (), STRAIGHT), (64, (4, 0), STRAIGHT), (0, (4,), STRAIGHT)],
)
def test_impossible_grids(beat, bars, biases):
    with pytest.raises(ValueError, match=r"beat"):
        BeatGrid(beat, bars, biases)
