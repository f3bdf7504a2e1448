"""Excerpts of songs as long as composed pieces, to measure both with one measure."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from engine.music import vocabulary as voc
from engine.music.events import Tokens, decode
from engine.music.vocabulary import to_seconds, to_steps
from engine.score import Score


def excerpt(tokens: Tokens, first: int, seconds: float) -> Score:
    """The music of a song from token ``first`` on, as a piece of its own.

    Notes that sound already are left out, as they would be in a piece that begins here.
    """
    clock = np.cumsum(voc.STEPS[tokens[first:]])
    last = int(np.searchsorted(clock, to_steps(seconds), "right"))
    return decode(tokens[first : first + last].tolist(), seconds)


def draw_starts(
    tokens: Tokens, seconds: float, count: int, rng: np.random.Generator
) -> list[int]:
    """Up to ``count`` BARs from which an excerpt fits, spread over the song; rising.

    Empty where the song is too short or has no BAR.
    """
    clock = np.cumsum(voc.STEPS[tokens])
    bars = np.flatnonzero(tokens == voc.BAR)
    bars = bars[clock[bars] + to_steps(seconds) <= clock[-1]]
    # One from each of ``count`` equal stretches, so that they overlap as little as may be.
    starts = {int(rng.choice(some)) for some in np.array_split(bars, count) if len(some)}
    return sorted(starts)


def draw_excerpts(
    songs: Iterator[Tokens], seconds: float, count: int, rng: np.random.Generator
) -> Iterator[Score]:
    """One excerpt of each song that is long enough, until there are ``count``."""
    for tokens in songs:
        if count <= 0:
            return
        for first in draw_starts(tokens, seconds, 1, rng):
            count -= 1
            yield excerpt(tokens, first, seconds)


def duration(tokens: npt.NDArray[np.uint16]) -> float:
    """How long a song is in seconds."""
    return to_seconds(int(voc.STEPS[tokens].sum()))
