"""The echo: for every token, what came next at this place of the bar one, two and four bars ago.

Music repeats by bars. To go on as a bar ago a network must find the token that stood where it now
stands, among a thousand; so it is told which that was. (Ours.)
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

import numpy as np

from engine.music import vocabulary as voc
from engine.music.events import within_instant
from engine.music.vocabulary import Kind

AGO = (1, 2, 4)
"""How many bars ago."""
SLACK = 2
"""Instants so many steps apart are the same: lengths of bars are rounded to steps."""
PLACES = 2**15
"""More than the orders that tokens may have within an instant."""
LONGEST = 8192
"""So many tokens are remembered at most, and half as many at least: four bars are far fewer."""


def _order(token: int) -> int:
    """Where a token stands within its instant: first the TIMESHIFT that leads there."""
    if voc.TOKENS[token].kind not in (Kind.OFF, Kind.BAR, Kind.CHORD, Kind.ON):
        return 0
    rank, order = within_instant(token)
    return 1 + rank * voc.SIZE + order


ORDER = np.array([_order(token) for token in range(voc.SIZE)])
"""Where each token [SIZE] stands within its instant: 0..``PLACES`` - 1."""
_ORDER = ORDER.tolist()


class Lookback:
    """What has been said, to be heard again bars later.

    Of a bar that was cut short, or lasts longer than the one before, the echo is what came so
    long after the earlier one began.
    """

    def __init__(self) -> None:
        self._tokens: list[int] = []
        self._cursors: list[int] = []
        """Of each token: the step at which it stands, and below that with its order within the
        instant, which never falls."""
        self._places: list[int] = []
        self._bars: list[int] = []
        self._cursor = self._place = 0

    def push(self, token: int) -> None:
        """Take the next token."""
        self._cursor += voc.TOKENS[token].steps
        self._place = max(self._place, self._cursor * PLACES + _ORDER[token])
        self._tokens.append(token)
        self._cursors.append(self._cursor)
        self._places.append(self._place)
        if token == voc.BAR:
            self._bars.append(self._cursor)
        if len(self._tokens) > LONGEST:
            for past in (self._tokens, self._cursors, self._places):
                del past[: LONGEST // 2]

    @property
    def value(self) -> tuple[int, ...]:
        """For each of ``AGO`` the token that followed then, PAD where that is unknown; a TIMESHIFT
        leads from now to where that one led."""
        return tuple(map(self._ago, AGO))

    def _ago(self, bars: int) -> int:
        if len(self._bars) <= bars:
            return voc.PAD
        then = self._bars[-1 - bars] + self._cursor - self._bars[-1]
        if self._cursor - then <= SLACK or then < self._cursors[0]:
            return voc.PAD
        after = bisect_left(self._cursors, then)
        instant = self._cursors[after]
        if after and then - self._cursors[after - 1] < instant - then:
            instant = self._cursors[after - 1]
        if abs(instant - then) > SLACK:
            instant = then
        within = self._place - self._cursor * PLACES
        following = bisect_right(self._places, instant * PLACES + within)
        token = self._tokens[following]
        if voc.TOKENS[token].kind is Kind.TIMESHIFT:
            return voc.shift(min(max(self._cursors[following] - instant, 1), voc.MAX_SHIFT))
        return token
