"""Songs moved to another key."""

from __future__ import annotations

import numpy as np

from engine.arrays import Mask, Tokens
from engine.music import vocabulary as voc

_DRUMS = next(i for i, part in enumerate(voc.INSTRUMENTS) if part.value == "drums")


def draw_transposition(tokens: Tokens, most: int, rng: np.random.Generator) -> int:
    """Semitones to move a song by, ``most`` up or down, so that every pitch stays in range."""
    pitches = voc.PITCH[tokens[_is_pitched(tokens)]]
    if not len(pitches):
        return 0
    lowest = max(-most, voc.LOWEST_PITCH - int(pitches.min()))
    highest = min(most, voc.HIGHEST_PITCH - int(pitches.max()))
    return int(rng.integers(lowest, highest + 1))


def transpose(tokens: Tokens, semitones: int) -> Tokens:
    """The tokens with every note but the drums' moved."""
    return np.where(_is_pitched(tokens), tokens + np.int64(2 * semitones), tokens).astype(np.uint16)


def _is_pitched(tokens: Tokens) -> Mask:
    instrument = voc.INSTRUMENT[tokens]
    return (instrument >= 0) & (instrument != _DRUMS)
