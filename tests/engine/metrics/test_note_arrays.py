import math

import numpy as np
import pytest

from engine.metrics.note_arrays import bar_positions, note_arrays
from engine.score import Instrument, Note, Score

B, D = Instrument.BASS, Instrument.DRUMS


def test_notes_are_chosen_by_instrument(piece) -> None:
    notes = note_arrays(piece((B, 0, 1, 40), (D, 0.5, 0.1, 36), (B, 1, 2, 43)))
    assert notes.of(B).pitch.tolist() == notes.pitched.pitch.tolist() == [40, 43]
    assert notes.length.tolist() == pytest.approx([1, 0.1, 2])


@pytest.mark.parametrize(
    ("onset", "bar", "position"),
    [(0.5, -1, 0.75), (1, 0, 0), (2, 0, 0.5), (3, 1, 0), (6, 1, 0.75), (7, 2, 0), (8, 2, 0.25)],
)
def test_onsets_lie_in_bars_and_beyond_them(onset: float, bar: int, position: float) -> None:
    found = bar_positions(np.array([onset]), (1.0, 3.0, 7.0))
    assert (found[0][0], found[1][0]) == (bar, position)


def test_without_two_bars_positions_are_unknown() -> None:
    bar, position = bar_positions(np.array([1.0]), (0.0,))
    assert bar.tolist() == [-1] and np.isnan(position).all()


LATE, EARLY = Note(B, 2, 3, 40), Note(B, 1, 2, 40)


@pytest.mark.parametrize(
    ("score", "complaint"),
    [
        (Score((), (), (), 0.0), "duration"),
        (Score((), (2.0, 1.0), (), 4.0), "bars"),
        (Score((LATE, EARLY), (), (), 4.0), "order of onset"),
        (Score((Note(B, 2, 1, 40),), (), (), 4.0), "before it begins"),
        (Score((Note(B, 2, math.inf, 40),), (), (), 4.0), "finite"),
    ],
)
def test_scores_that_cannot_be_measured_are_refused(score: Score, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        note_arrays(score)
