"""The lookback feature: for every token, what followed at the same place of earlier bars.

Music repeats by bars. To repeat a bar, a network must find the token at the same place among a
thousand. So some of its inputs are what followed there one, two and four bars ago. (Ours.)
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

import numpy as np

from engine.arrays import Mask
from engine.music import vocabulary as voc
from engine.music.events import within_instant
from engine.music.vocabulary import Kind

AGO = (1, 2, 4)
"""The distances in bars."""
SLACK = 2
"""Instants at most this many steps apart count as the same, because bars are rounded to steps."""
PLACES = 2**15
"""More than the number of orders of tokens within an instant."""
LONGEST = 8192
"""The most tokens that are kept; at least half of them are. Four bars are far fewer."""


def _order(token: int) -> int:
    """The order of a token within its instant: first the TIMESHIFT that leads there."""
    if voc.TOKENS[token].kind not in (Kind.OFF, Kind.BAR, Kind.CHORD, Kind.ON):
        return 0
    rank, order = within_instant(token)
    return 1 + rank * voc.SIZE + order


ORDER = np.array([_order(token) for token in range(voc.SIZE)])
"""The order of each token [SIZE] within its instant: 0..``PLACES`` - 1."""
_ORDER = ORDER.tolist()


class Lookback:
    """Keeps the tokens of recent bars and looks them up.

    Times count from the beginning of each bar, even if the bars have different lengths. Beyond the
    end of the shorter bar, what came after it counts.
    """

    def __init__(self, longest: int = LONGEST) -> None:
        """longest: the most tokens that are kept."""
        self._longest = longest
        self._tokens: list[int] = []
        self._cursors: list[int] = []
        """The step of each token."""
        self._places: list[int] = []
        """The step and the order within the instant of each token, as one rising number."""
        self._bars: list[int] = []
        self._cursor = self._place = 0

    def push(self, token: int) -> None:
        """Process the next token."""
        self._cursor += voc.TOKENS[token].steps
        self._place = max(self._place, self._cursor * PLACES + _ORDER[token])
        self._tokens.append(token)
        self._cursors.append(self._cursor)
        self._places.append(self._place)
        if token == voc.BAR:
            self._bars.append(self._cursor)
        if len(self._tokens) > self._longest:
            for past in (self._tokens, self._cursors, self._places):
                del past[: self._longest // 2]

    @property
    def value(self) -> tuple[int, ...]:
        """For each of ``AGO`` the token that followed then; PAD if it is unknown.

        A TIMESHIFT is shortened or lengthened: it leads from now to where that one led.
        """
        return tuple(map(self.ago, AGO))

    def ago(self, bars: int, allowed: Mask | None = None) -> int:
        """The token that followed at this place ``bars`` bars ago; PAD if it is unknown.

        allowed: which tokens [V] may come now. Others of the same instant are passed over, such as
        the OFF of a note that does not sound now.
        """
        if len(self._bars) <= bars:
            return voc.PAD
        then = self._bars[-1 - bars] + self._cursor - self._bars[-1]
        if self._cursor - then <= SLACK or then < self._cursors[0]:
            return voc.PAD
        return self._following(then, self._place - self._cursor * PLACES, allowed)

    def in_bar(self, bar: int, piece: Lookback, allowed: Mask) -> int:
        """The token that follows in a bar of these tokens, at the present place of a piece's bar.

        bar: counted from 0. allowed: as for ``ago``. PAD if it is unknown.
        """
        if bar >= len(self._bars) or not piece._bars:
            return voc.PAD
        then = self._bars[bar] + piece._cursor - piece._bars[-1]
        if then > self._cursor:
            return voc.PAD
        return self._following(then, piece._place - piece._cursor * PLACES, allowed)

    def _following(self, then: int, within: int, allowed: Mask | None) -> int:
        """The token that follows a place within the instant at step ``then``."""
        after = min(bisect_left(self._cursors, then), len(self._cursors) - 1)
        instant = self._cursors[after]
        if after and then - self._cursors[after - 1] < instant - then:
            instant = self._cursors[after - 1]
        if abs(instant - then) > SLACK:
            instant = then
        following = bisect_right(self._places, instant * PLACES + within)
        if following == len(self._tokens):
            return voc.PAD
        token = self._tokens[following]
        while (
            allowed is not None
            and not allowed[token]
            and voc.TOKENS[token].kind is not Kind.TIMESHIFT
            and following + 1 < len(self._tokens)
        ):
            following += 1
            token = self._tokens[following]
        if voc.TOKENS[token].kind is Kind.TIMESHIFT:
            return voc.shift(min(max(self._cursors[following] - instant, 1), voc.MAX_SHIFT))
        return token
