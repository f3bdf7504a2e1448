"""Pieces with known properties, for measures of scores."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from engine.score import Instrument, Note, Score


@pytest.fixture(scope="session")
def piece() -> Callable[..., Score]:
    """A score of (instrument, onset, length, pitch), in bars of 2 s (4/4 at 120 a minute)."""

    def make(
        *notes: tuple[Instrument, float, float, int], seconds: float = 8.0, bar: float = 2.0
    ) -> Score:
        bars = tuple(n * bar for n in range(int(seconds / bar)))
        return Score(tuple(_notes(notes)), bars, (), seconds)

    return make


def _notes(notes: Iterable[tuple[Instrument, float, float, int]]) -> list[Note]:
    played = [Note(who, onset, onset + length, pitch) for who, onset, length, pitch in notes]
    return sorted(played, key=lambda note: note.onset)


@pytest.fixture(scope="session")
def scale(piece: Callable[..., Score]) -> Callable[..., Score]:
    """Steps above C on the piano, one each ``beat`` seconds: ``scale(0, 2, 4, 5)``."""

    def make(*steps: int, beat: float = 0.5, **more: float) -> Score:
        notes = [(Instrument.PIANO, n * beat, beat, 60 + step) for n, step in enumerate(steps)]
        return piece(*notes, **more)

    return make
