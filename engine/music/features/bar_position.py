"""The bar position feature: for every token, its place in the bar.

A TIMESHIFT says how far time advances, not where it arrives. A network that must add them up soon
loses the beat. So one of its inputs is the time since the last BAR. Another is the part of a bar
that this is, from the lengths of recent bars. (Ours; cf. the bar and position tokens of REMI, Huang
and Yang 2020.)
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from engine.music import vocabulary as voc

LONGEST = 500
"""The largest number of steps since the BAR (four seconds); more count as this."""
PARTS = 96
"""Parts of a bar: sixteenths and triplets of 4/4, 3/4, 6/8 and 12/8 are whole numbers of them."""
MOST_PARTS = 2 * PARTS
"""The largest number of parts; more count as this, because no BAR is that late."""
BARS = 3
"""A bar's length is the median of this many, so that a shortened bar does not count."""


class Moment(NamedTuple):
    """A place in a bar: row numbers of the network's two embedding tables.

    since: steps since the last BAR, at most ``LONGEST``. part: parts of a bar since then, at most
    ``MOST_PARTS``. The row after that means unknown.
    """

    since: int = LONGEST + 1
    part: int = MOST_PARTS + 1


UNKNOWN = Moment()
ROWS = Moment(LONGEST + 2, MOST_PARTS + 2)
"""The number of rows of each table."""


class BarPosition:
    """Follows the bars of a sequence of tokens."""

    def __init__(self) -> None:
        self._cursor = 0
        self._bars: tuple[int, ...] = ()
        """The last BARs, in steps: one more than ``BARS`` at most."""

    def push(self, token: int) -> None:
        """Process the next token."""
        self._cursor += voc.TOKENS[token].steps
        if token == voc.BAR:
            self._bars = (*self._bars[-BARS:], self._cursor)

    @property
    def bar(self) -> int:
        """The length of recent bars in steps; 0 if it is unknown."""
        lengths = sorted(b - a for a, b in pairwise(self._bars))
        # Of two lengths the longer, because bars are shortened but never extended.
        return lengths[len(lengths) // 2] if lengths else 0

    @property
    def value(self) -> Moment:
        """The place of the last token in its bar."""
        if not self._bars:
            return UNKNOWN
        since, bar = self._cursor - self._bars[-1], self.bar
        if not bar:
            return Moment(min(since, LONGEST))
        part = (since * PARTS + bar // 2) // bar
        return Moment(min(since, LONGEST), min(part, MOST_PARTS))
