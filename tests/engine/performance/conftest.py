"""Pieces to perform, and a small random network to perform them with."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from engine.performance.bins import BINS
from engine.performance.network import SIZES, VelocityNetwork
from engine.score import BeatMap, Instrument, Note, Score


@pytest.fixture(scope="session")
def network() -> VelocityNetwork:
    """A network with random weights."""
    rng = np.random.default_rng(1)

    def random(*shape: int) -> np.ndarray:
        return rng.normal(0, 0.3, shape).astype(np.float16).astype(np.float32)

    return VelocityNetwork(
        random(sum(SIZES), 16), random(16, 8), random(8), random(8, BINS), random(BINS)
    )


@pytest.fixture(scope="session")
def played() -> Callable[..., Score]:
    """A planned piece of five parts with a chord every other bar: ``played(bars=8)``."""

    def make(bars: int = 8, planned: bool = True) -> Score:
        notes = []
        for eighth in range(8 * bars):
            onset = eighth / 4
            notes.append(Note(Instrument.BASS, onset, onset + 0.2, 36 + eighth % 5))
            notes.append(Note(Instrument.DRUMS, onset, onset + 0.1, 36 if eighth % 4 == 0 else 42))
            if eighth % 4 == 0:
                notes.append(Note(Instrument.STRINGS, onset, onset + 3.0, 60 + eighth % 7))
            if eighth % 16 == 0:
                notes += [Note(Instrument.PIANO, onset, onset + 1, p, 120) for p in (60, 64, 67)]
            elif eighth % 2 == 0:
                notes.append(Note(Instrument.PIANO, onset, onset + 0.4, 72 + eighth % 3))
        beat_map = BeatMap((0.0, 4.0 * bars), (0.0, 2.0 * bars), ((4, 4),) * bars)
        return Score(
            tuple(sorted(notes, key=lambda note: (note.onset, note.instrument.value, note.pitch))),
            tuple(2.0 * bar for bar in range(bars)),
            tuple(4.0 * bar for bar in range(bars // 2)),
            2.0 * bars,
            beat_map if planned else None,
        )

    return make
