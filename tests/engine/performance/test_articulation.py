from __future__ import annotations

import numpy as np
import pytest

from engine.errors import EmsyncError
from engine.performance.articulation import (
    GAPS,
    SHAPE,
    SHIPPED,
    ArticulationTable,
    gap_class,
    gap_within,
    read_cumulative,
    write_table,
)


def test_what_ships_is_small_and_says_more_of_detached_parts():
    assert SHIPPED.stat().st_size < 100_000
    table = read_cumulative()
    assert table.shape == SHAPE
    assert np.allclose(table[..., -1], 1.0) and (np.diff(table, axis=-1) >= 0).all()
    bass, strings = table[0], table[4]
    for part in (bass, strings):
        none = part[..., 0].mean(axis=(1, 2, 3))
        assert none[0] > none[2] > none[4], "the share of notes without a gap falls by class"


def test_without_notes_there_is_no_gap():
    assert (ArticulationTable(np.zeros(SHAPE, np.uint32)).cumulative() == 1.0).all()


def test_gaps_lie_in_their_class():
    for number in range(GAPS):
        assert gap_class(np.array([gap_within(number, 0.5)]))[0] == number


def test_a_table_is_read_as_it_was_written(tmp_path):
    counts = np.random.default_rng(0).integers(0, 99, SHAPE).astype(np.uint32)
    write_table(ArticulationTable(counts), tmp_path / "a.npz")
    assert (read_cumulative(tmp_path / "a.npz") == ArticulationTable(counts).cumulative()).all()


@pytest.mark.parametrize("fault", ["missing", "text", "shape"])
def test_a_wrong_file_is_one_line(tmp_path, fault):
    path = tmp_path / "table.npz"
    if fault == "text":
        path.write_text("no table")
    if fault == "shape":
        write_table(ArticulationTable(np.zeros((2, 2), np.uint32)), path)
    with pytest.raises(EmsyncError, match="articulation") as error:
        read_cumulative(path)
    assert "\n" not in str(error.value)
