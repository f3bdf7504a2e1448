"""Favour what was played at this place of the bar some bars ago.

Songs return to what they played one, two and four bars before. A planned piece returns to the last
phrase of the same form instead, since a bar that repeats the bar before keeps its harmony too. A
network that draws every token strays from that: one note that differs makes further differences
likelier. So the tokens of :mod:`engine.music.features.lookback` become likelier. A variation
returns to the bars of its original. Beats, bars and figures hold, across boundaries too; the rule
does not know where a boundary is. In a planned piece notes end as they would without the rule:
whatever is favoured else holds them for too long. Players whom the earlier phrase did not have play
as they would without it too: a bass that joins would stay silent for the whole phrase. (Ours.)
"""

from __future__ import annotations

import sys
from functools import cache

import numpy as np

from engine.arrays import Ints, Logits, Mask
from engine.composing.logits.rule import Rule
from engine.composing.state import PieceState
from engine.music import vocabulary as voc
from engine.music.arrangement import Arrangement
from engine.music.features.lookback import AGO, Lookback
from engine.music.percussion import CRASH
from engine.music.vocabulary import Kind
from engine.score import Instrument

NEAR = 3
"""A time shift counts as the earlier one if it ends within this many steps of it."""
MOVING_ON = 0.6
"""The part of the bias that time shifts keep in free time. At most places of a bar nothing is
played, and music that favours nothing becomes thin. A planned piece has a density to keep to."""
PHRASE = 10.0
"""How many times the bar counts that a planned bar repeats. Only one speaks for it."""
GROOVE = 8.0
"""How many times the bar before counts for the drums of a planned piece: drummers keep a groove."""
DRUMS = 0.7
"""The part of the bias that drum notes get in free time, since drums repeat by themselves."""

_IS_DRUM = (voc.KIND == Kind.ON) & (voc.INSTRUMENTS.index(Instrument.DRUMS) == voc.INSTRUMENT)
_IS_GROOVE = _IS_DRUM & ~np.isin(voc.PITCH, list(CRASH))
"""What a groove has. A crash cymbal marks a beginning."""
_IS_RHYTHM = _IS_GROOVE | (voc.KIND == Kind.TIMESHIFT)
"""What a planned piece takes over from the bar before, whose harmony is another."""
_WEIGHT = np.where(_IS_DRUM, DRUMS, 1.0).astype(np.float32)


class Repetition(Rule):
    """Favours what the piece has played, or the planned phrase that a bar repeats.

    strength: the bias, in nats, of a token that came at this place of one earlier bar. It adds up
    where several earlier bars agree.
    """

    def __init__(self, strength: float, arrangement: Arrangement | None = None) -> None:
        self._strength = strength
        self._lookback = Lookback()
        self._arrangement = arrangement
        self._repeats = () if arrangement is None else arrangement.repeats
        recall = None if arrangement is None else arrangement.recall
        self._recalled = () if recall is None else recall.bars
        self._original = Lookback(sys.maxsize)
        for token in () if recall is None else recall.tokens:
            self._original.push(token)
        self._bars: list[int] = []
        """The steps at which bars have begun."""

    def update(self, token: int, state: PieceState) -> None:
        """Remember the token."""
        if self._strength:
            self._lookback.push(token)
            if token == voc.BAR:
                self._bars.append(state.cursor)

    def bias(self, logits: Logits, state: PieceState) -> Logits:
        """Favour the tokens of earlier bars."""
        if not self._strength:
            return logits
        earlier = self._earlier(np.isfinite(logits))
        if not earlier:
            return logits
        biased = logits.copy()
        for token, times in earlier:
            token = _likeliest_near(token, logits)
            weight = 1 if self._repeats else _WEIGHT[token]
            biased[token] += np.float32(self._strength * times * weight)
        if self._repeats:
            free, rest = _free(self._joining(state))
            others = _log_sum(logits[rest])
            if np.isfinite(others):
                biased[free] += _log_sum(biased[rest]) - others
            return biased
        moves_on = _log_sum(logits[voc.SHIFTS])
        if np.isfinite(moves_on):
            gained = _log_sum(biased[voc.SHIFTS]) - moves_on
            biased[voc.SHIFTS] -= (1 - MOVING_ON) * gained
        return biased

    def _earlier(self, allowed: Mask) -> list[tuple[int, float]]:
        """The tokens that came at this place of earlier bars, and how many times each counts."""
        if not self._repeats:
            found = [(self._lookback.ago(ago), 1.0) for ago in AGO]
        else:
            found = self._planned(allowed)
        return [(token, times) for token, times in found if token != voc.PAD]

    def _planned(self, allowed: Mask) -> list[tuple[int, float]]:
        """The token of the bar that a planned bar repeats, and that of the groove."""
        drum = self._lookback.ago(1, allowed & _IS_GROOVE)
        groove = [(drum, GROOVE)] if _IS_GROOVE[drum] else []
        if (model := self._model(allowed)) is not None:
            return [(model, PHRASE), *(found for found in groove if found[0] != model)]
        last = self._lookback.ago(1)
        return groove or ([(last, 1.0)] if _IS_RHYTHM[last] else [])

    def _joining(self, state: PieceState) -> frozenset[Instrument]:
        """The players whom the bar that the present bar repeats did not have."""
        here, ago = len(self._bars) - 1, self._ago()
        if self._arrangement is None or not ago or self._recalled_bar() is not None:
            return frozenset()
        now = self._arrangement.phrase_at(state.cursor)
        then = self._arrangement.phrase_at(self._bars[here - ago])
        return frozenset() if now is None or then is None else now.players - then.players

    def _model(self, allowed: Mask) -> int | None:
        """The token of the bar that the present bar repeats, in the original or in this piece."""
        bar = self._recalled_bar()
        if bar is not None:
            return self._original.in_bar(bar, self._lookback, allowed)
        ago = self._ago()
        return self._lookback.ago(ago, allowed) if ago else None

    def _recalled_bar(self) -> int | None:
        """The bar of the original that the present bar takes up; None for none."""
        here = len(self._bars) - 1
        return self._recalled[here] if 0 <= here < len(self._recalled) else None

    def _ago(self) -> int:
        """How many bars ago the bar began that the present bar repeats; 0 for none."""
        here = len(self._bars) - 1
        return self._repeats[here] if 0 <= here < len(self._repeats) else 0


@cache
def _free(joining: frozenset[Instrument]) -> tuple[Ints, Ints]:
    """The tokens that come as often as without the rule, in a planned piece, and all others."""
    of_joining = np.isin(voc.INSTRUMENT, [voc.INSTRUMENTS.index(player) for player in joining])
    free = (voc.KIND == Kind.OFF) | ((voc.KIND == Kind.ON) & of_joining)
    return np.flatnonzero(free), np.flatnonzero(~free)


def _likeliest_near(token: int, logits: Logits) -> int:
    """The likeliest time shift near this one; any other token itself."""
    if voc.TOKENS[token].kind is not Kind.TIMESHIFT:
        return token
    first = max(token - NEAR, int(voc.SHIFTS[0]))
    return first + int(logits[first : min(token + NEAR, int(voc.SHIFTS[-1])) + 1].argmax())


def _log_sum(logits: Logits) -> np.float32:
    return np.float32(np.logaddexp.reduce(logits))
