from __future__ import annotations

import matplotlib.image
import numpy as np
import pytest

pytest.importorskip("torch")

from engine.training.log import LOG_COLUMNS
from engine.training.plot import draw_log


def drawn(tmp_path, rows: list[str]) -> np.ndarray:
    (tmp_path / "log.csv").write_text("\n".join([",".join(LOG_COLUMNS), *rows]) + "\n")
    draw_log(tmp_path / "log.csv", tmp_path / "log.png")
    return matplotlib.image.imread(tmp_path / "log.png")


def test_every_column_changes_the_plot(tmp_path):
    rows = ["250,1000,3.5,3.2,900", "500,2000,3.1,2.9,950", "750,3000,2.9,2.7,925"]
    whole = drawn(tmp_path, rows)
    for number, column in enumerate(LOG_COLUMNS[1:], 1):
        cells = rows[1].split(",")
        cells[number] = f"{1.02 * float(cells[number])}"
        other = drawn(tmp_path, [rows[0], ",".join(cells), rows[2]])
        assert not np.array_equal(whole, other), column


def test_a_log_without_lines_is_plotted(tmp_path):
    assert drawn(tmp_path, []).size
