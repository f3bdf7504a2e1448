from __future__ import annotations

import numpy as np
import pytest

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
