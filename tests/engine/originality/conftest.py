"""A small corpus of made-up songs, and its fingerprint."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from engine.arrays import Tokens
from engine.music.events import encode, normalise
from engine.originality.build import make_fingerprint
from engine.originality.fingerprint import Fingerprint
from engine.score import Instrument, Note, Score

SCALE = [60 + 12 * octave + step for octave in range(3) for step in (0, 2, 4, 5, 7, 9, 11)]


def melody(seed: int, notes: int = 60) -> list[int]:
    """Pitches of a tune that no other seed has."""
    return np.random.default_rng(seed).integers(55, 80, notes).tolist()


def score_of(
    pitches: Sequence[int], instrument: Instrument = Instrument.PIANO, beat: float = 0.25
) -> Score:
    """A part of one note each ``beat`` seconds, in bars of two seconds."""
    notes = tuple(
        Note(instrument, n * beat, (n + 1) * beat, pitch) for n, pitch in enumerate(pitches)
    )
    seconds = max(len(pitches) * beat, 1.0)
    return Score(notes, tuple(np.arange(0, seconds, 2.0).tolist()), (), seconds)


def tokens_of(pitches: Sequence[int]) -> Tokens:
    return encode(normalise(score_of(pitches)))


@pytest.fixture(scope="session")
def tune() -> Callable[..., list[int]]:
    return melody


@pytest.fixture(scope="session")
def played() -> Callable[..., Score]:
    return score_of


@pytest.fixture(scope="session")
def tokens() -> Callable[..., Tokens]:
    return tokens_of


@pytest.fixture(scope="session")
def scale() -> list[int]:
    """A scale of three octaves, which every song of the corpus has."""
    return SCALE


@pytest.fixture(scope="session")
def fingerprint() -> Fingerprint:
    """Of forty songs, each a tune of its own and the scale; held out are twenty more."""
    songs = [(f"song {seed}", tokens_of([*melody(seed), *SCALE * 3])) for seed in range(40)]
    held_out = [tokens_of(melody(seed, 120)) for seed in range(100, 120)]
    return make_fingerprint(songs, held_out, log2_bits=16)
