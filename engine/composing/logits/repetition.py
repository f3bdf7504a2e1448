"""Coming back: what was played at this place of bars ago becomes likelier.

Songs return to what they played one, two and four bars before. A network that draws every token by
chance strays: one note unlike the bar before makes the next one likelier to be unlike it too. So
what the echo tells (:mod:`engine.music.features.lookback`) is favoured. Beats, bars and figures hold for
it, also across a boundary; nothing here knows where one is. (Ours.)
"""

from __future__ import annotations

import numpy as np

from engine.arrays import Logits
from engine.music import vocabulary as voc
from engine.music.features.lookback import Lookback
from engine.music.vocabulary import Kind
from engine.score import Instrument

NEAR = 3
"""A step to so few steps from where the echo's leads is taken for the same."""
MOVING_ON = 0.6
"""Whether time moves on is favoured by this part only: most of what was played at most places is
nothing, and music that favours nothing thins out."""
DRUMS = 0.7
"""Notes of drums are favoured by this part only, for they return by themselves."""


_IS_DRUM = (voc.KIND == Kind.ON) & (voc.INSTRUMENTS.index(Instrument.DRUMS) == voc.INSTRUMENT)
_WEIGHT = np.where(_IS_DRUM, DRUMS, 1.0).astype(np.float32)


class Repetition:
    """What a piece has played, favoured.

    strength: what being what was played at this place of one of the earlier bars adds to a token's
    logit; it adds up where they agree.
    """

    def __init__(self, strength: float) -> None:
        self._strength = strength
        self._echo = Lookback()

    def hear(self, token: int) -> None:
        """Take the next token."""
        if self._strength:
            self._echo.push(token)

    def lean(self, logits: Logits) -> Logits:
        """The logits [V] with what was played in mind."""
        told = [token for token in self._echo.value if token != voc.PAD] if self._strength else []
        if not told:
            return logits
        leaning = logits.copy()
        for token in told:
            token = _likeliest_near(token, logits)
            leaning[token] += self._strength * _WEIGHT[token]
        moves_on = _log_sum(logits[voc.SHIFTS])
        if np.isfinite(moves_on):
            favour = _log_sum(leaning[voc.SHIFTS]) - moves_on
            leaning[voc.SHIFTS] -= (1 - MOVING_ON) * favour
        return leaning


def _likeliest_near(token: int, logits: Logits) -> int:
    """The step that a TIMESHIFT is taken for; any other token itself."""
    if voc.TOKENS[token].kind is not Kind.TIMESHIFT:
        return token
    first = max(token - NEAR, int(voc.SHIFTS[0]))
    return first + int(logits[first : min(token + NEAR, int(voc.SHIFTS[-1])) + 1].argmax())


def _log_sum(logits: Logits) -> np.float32:
    return np.float32(np.logaddexp.reduce(logits))
