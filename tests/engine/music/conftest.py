"""Random scores."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from engine.score import Instrument, Note, Score


@pytest.fixture(scope="session")
def scores() -> st.SearchStrategy[Score]:
    """Scores like songs: off the grid, overlapping, out of range, unsorted."""
    # Few times and pitches, so that notes often coincide.
    times = st.integers(0, 40).map(lambda n: n / 8) | st.floats(0.0, 6.0)
    lengths = st.sampled_from([0.0, 0.001, 0.125, 0.25, 2.0]) | st.floats(0.0, 4.0)
    pitches = st.sampled_from([20, 21, 60, 64, 67, 108, 109]) | st.integers(0, 127)
    notes = st.builds(
        lambda instrument, onset, length, pitch: Note(instrument, onset, onset + length, pitch),
        st.sampled_from(Instrument),
        times,
        lengths,
        pitches,
    )
    marks = st.lists(times, max_size=6).map(lambda drawn: tuple(sorted(drawn)))
    return st.builds(
        Score, st.lists(notes, max_size=40).map(tuple), marks, marks, st.floats(0.0, 8.0)
    )
