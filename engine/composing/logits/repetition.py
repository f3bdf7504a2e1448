"""Favour what was played at this place of the bar some bars ago.

Songs return to what they played one, two and four bars before. A network that draws every token
strays from that: one note that differs from the bar before makes further differences likelier. So
the tokens of :mod:`engine.music.features.lookback` become likelier. Beats, bars and figures hold,
across boundaries too; the rule does not know where a boundary is. (Ours.)
"""

from __future__ import annotations

import numpy as np

from engine.arrays import Logits
from engine.composing.logits.rule import Rule
from engine.composing.state import PieceState
from engine.music import vocabulary as voc
from engine.music.features.lookback import Lookback
from engine.music.vocabulary import Kind
from engine.score import Instrument

NEAR = 3
"""A time shift counts as the earlier one if it ends within this many steps of it."""
MOVING_ON = 0.6
"""The part of the bias that time shifts keep. At most places of a bar nothing is played, and music
that favours nothing becomes thin."""
DRUMS = 0.7
"""The part of the bias that drum notes get, since drums repeat by themselves."""

_IS_DRUM = (voc.KIND == Kind.ON) & (voc.INSTRUMENTS.index(Instrument.DRUMS) == voc.INSTRUMENT)
_WEIGHT = np.where(_IS_DRUM, DRUMS, 1.0).astype(np.float32)


class Repetition(Rule):
    """Favours what the piece has played.

    strength: the bias, in nats, of a token that came at this place of one earlier bar. It adds up
    where several earlier bars agree.
    """

    def __init__(self, strength: float) -> None:
        self._strength = strength
        self._lookback = Lookback()

    def update(self, token: int, state: PieceState) -> None:
        """Remember the token."""
        if self._strength:
            self._lookback.push(token)

    def bias(self, logits: Logits, state: PieceState) -> Logits:
        """Favour the tokens of earlier bars."""
        earlier = (
            [token for token in self._lookback.value if token != voc.PAD] if self._strength else []
        )
        if not earlier:
            return logits
        biased = logits.copy()
        for token in earlier:
            token = _likeliest_near(token, logits)
            biased[token] += self._strength * _WEIGHT[token]
        moves_on = _log_sum(logits[voc.SHIFTS])
        if np.isfinite(moves_on):
            gained = _log_sum(biased[voc.SHIFTS]) - moves_on
            biased[voc.SHIFTS] -= (1 - MOVING_ON) * gained
        return biased


def _likeliest_near(token: int, logits: Logits) -> int:
    """The likeliest time shift near this one; any other token itself."""
    if voc.TOKENS[token].kind is not Kind.TIMESHIFT:
        return token
    first = max(token - NEAR, int(voc.SHIFTS[0]))
    return first + int(logits[first : min(token + NEAR, int(voc.SHIFTS[-1])) + 1].argmax())


def _log_sum(logits: Logits) -> np.float32:
    return np.float32(np.logaddexp.reduce(logits))
