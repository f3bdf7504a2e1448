import numpy as np
import pytest

from engine.metrics.note_arrays import bar_positions, note_arrays
from engine.score import Instrument

B, D = Instrument.BASS, Instrument.DRUMS


def test_columns(piece) -> None:
    notes = note_arrays(piece((B, 0, 1, 40), (D, 0.5, 0.1, 36), (B, 1, 2, 43)))
    assert notes.of(B).pitch.tolist() == notes.pitched.pitch.tolist() == [40, 43]
    assert notes.length.tolist() == pytest.approx([1, 0.1, 2])


@pytest.mark.parametrize(
    ("onset", "bar", "position"),
    [(0.5, -1, 0.75), (1, 0, 0), (2, 0, 0.5), (3, 1, 0), (6, 1, 0.75), (7, 2, 0), (8, 2, 0.25)],
)
def test_bar_positions(onset: float, bar: int, position: float) -> None:
    found = bar_positions(np.array([onset]), (1.0, 3.0, 7.0))
    assert (found[0][0], found[1][0]) == (bar, position)


def test_no_bars() -> None:
    bar, position = bar_positions(np.array([1.0]), (0.0,))
    assert bar.tolist() == [-1] and np.isnan(position).all()
