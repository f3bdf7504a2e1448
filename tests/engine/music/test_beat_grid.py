from __future__ import annotations

import numpy as np
import pytest

from engine.music.beat_grid import TRIPLETS, BeatGrid

GRID = BeatGrid(64, (4, 3, 5, 4))
LINES = [0, 256, 448, 768, 1024, 1280]


def test_bars_lie_where_they_are_planned_and_the_last_length_goes_on():
    assert [step for step in range(1300) if GRID.is_bar(step)] == LINES
    assert [GRID.bar_after(step) for step in (0, 255, 256, 1024, 1279)] == [
        256, 256, 448, 1280, 1280,
    ]  # fmt: skip


def test_time_moves_from_sixteenth_to_sixteenth_up_to_the_bar_line():
    def reached(step: int) -> list[int]:
        return (step + 1 + np.flatnonzero(np.isfinite(GRID.shifts(step)))).tolist()

    assert reached(0) == [16, 32, 48, 64, 80, 96, 112]
    assert reached(400) == [416, 432, 448]
    # Whoever stands beside the grid comes back to it.
    assert reached(405)[0] == 416


def test_triplets():
    grid = BeatGrid(60, (4,), TRIPLETS)
    assert (1 + np.flatnonzero(np.isfinite(grid.shifts(0)))).tolist() == [20, 40, 60, 80, 100, 120]


def test_nearest():
    assert GRID.nearest(0.07) == pytest.approx(0.128)
    assert GRID.nearest(0.06) == 0.0


@pytest.mark.parametrize(
    ("quarter", "bars", "parts"), [(63, (4,), 4), (64, (), 4), (64, (4, 0), 4), (0, (4,), 4)]
)
def test_impossible_grids(quarter, bars, parts):
    with pytest.raises(ValueError):
        BeatGrid(quarter, bars, parts)
