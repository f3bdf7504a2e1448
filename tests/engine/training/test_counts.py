"""What is counted in stretches of songs."""

from __future__ import annotations

import numpy as np
import pytest

from engine.music.conditions import COUNTED, said
from engine.music.events import encode
from engine.score import Instrument, Note, Score
from engine.training.counts import Counts

BARS = tuple(np.arange(0, 16, 2.0))
DRUMS = tuple(Note(Instrument.DRUMS, i / 4, i / 4 + 0.05, 42) for i in range(64))
TUNE = tuple(Note(Instrument.PIANO, i / 2, i / 2 + 0.4, 30 + i) for i in range(32))
"""Two notes a second, never the same again."""


def count(notes: tuple[Note, ...], first: float = 0.0, last: float = 1.0) -> dict[str, float]:
    """Counts between two shares of a song's tokens."""
    tokens = encode(Score(notes, BARS, (), 16.0))
    told = Counts(tokens).within(int(first * len(tokens)), int(last * len(tokens)))
    return {name: said(name, read) for name, read in zip(COUNTED, told.tolist(), strict=True)}


def test_density_and_note_length() -> None:
    found = count(DRUMS + TUNE)
    assert found["density"] == pytest.approx(6.0, rel=0.02)
    assert found["note_length"] == pytest.approx(0.4)  # the drums have none


def test_what_returns_after_one_two_or_four_bars_is_repetition() -> None:
    assert count(DRUMS)["repetition"] == 1.0
    assert count(TUNE)["repetition"] == 0.0
    # Of seven bars that have one before them, 8 notes of 12 return.
    assert count(DRUMS + TUNE)["repetition"] == pytest.approx(8 / 12)


@pytest.mark.parametrize(("every", "bars"), [(1, 7), (2, 6), (3, 0), (4, 4), (5, 0)])
def test_repetition_by_how_many_bars_later_it_returns(every: int, bars: int) -> None:
    """Bars of eight notes of one pitch, which returns every so many bars."""
    notes = tuple(
        Note(Instrument.BASS, 2 * bar + i / 4, 2 * bar + i / 4 + 0.2, 30 + bar % every)
        for bar in range(8)
        for i in range(8)
    )
    assert count(notes)["repetition"] == pytest.approx(bars / 7)


def test_a_place_a_step_or_two_off_is_the_same_place() -> None:
    swayed = tuple(
        Note(Instrument.DRUMS, n.onset + 0.016 * (int(n.onset / 2) % 2), n.end + 0.1, 42)
        for n in DRUMS
    )
    assert count(swayed)["repetition"] == 1.0
    late = tuple(
        Note(Instrument.DRUMS, n.onset + 0.040 * (int(n.onset / 2) % 2), n.end + 0.1, 42)
        for n in DRUMS
    )
    assert count(late)["repetition"] < 1.0


def test_a_stretch_is_counted_by_itself() -> None:
    thinning = tuple(note for note in DRUMS if note.onset < 8) + TUNE
    early, late = count(thinning, 0.0, 0.5), count(thinning, 0.7, 1.0)
    assert early["density"] > 5.5 and late["density"] < 2.5
    assert early["repetition"] > 0.5 and late["repetition"] < 0.1


def test_of_few_notes_nothing_is_said() -> None:
    assert all(np.isnan(value) for value in count(TUNE[:10]).values())
    assert all(np.isnan(value) for value in count(()).values())
