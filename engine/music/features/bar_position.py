"""The bar clock: for every token, where in its bar time stands.

A TIMESHIFT says how far time moves, not where it arrives; a network that must add them up itself
soon loses the beat. So it is told, of every token, the time since the last BAR and what part of a
bar that is, by what bars have lasted of late. (Ours; cf. the bar and position tokens of REMI, Huang
and Yang 2020.)
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from engine.music import vocabulary as voc

LONGEST = 500
"""Steps since the BAR (four seconds) from which on all are alike."""
PARTS = 96
"""Parts of a bar: sixteenths and triplets of 4/4, 3/4, 6/8 and 12/8 are whole numbers of them."""
MOST_PARTS = 2 * PARTS
"""From here on all are alike: a BAR so late is none."""
BARS = 3
"""A bar is as long as the middle one of so many: one that was cut short does not count."""


class Moment(NamedTuple):
    """Row numbers of the two tables that the network looks a moment up in.

    since: steps since the last BAR, at most ``LONGEST``. part: parts of a bar, at most
    ``MOST_PARTS``. The row after that is for what is unknown.
    """

    since: int = LONGEST + 1
    part: int = MOST_PARTS + 1


UNKNOWN = Moment()
ROWS = Moment(LONGEST + 2, MOST_PARTS + 2)
"""How many rows the tables have."""


class BarPosition:
    """Bars as they pass."""

    def __init__(self) -> None:
        self._cursor = 0
        self._bars: tuple[int, ...] = ()
        """The last BARs, in steps, as many as tell ``BARS`` lengths."""

    def push(self, token: int) -> None:
        """Take the next token."""
        self._cursor += voc.TOKENS[token].steps
        if token == voc.BAR:
            self._bars = (*self._bars[-BARS:], self._cursor)

    @property
    def bar(self) -> int:
        """What bars have lasted of late, in steps; 0 where that is unknown."""
        lengths = sorted(b - a for a, b in pairwise(self._bars))
        # Of two the longer: bars are cut short, not drawn out.
        return lengths[len(lengths) // 2] if lengths else 0

    @property
    def value(self) -> Moment:
        """Where in its bar the last token stands."""
        if not self._bars:
            return UNKNOWN
        since, bar = self._cursor - self._bars[-1], self.bar
        if not bar:
            return Moment(min(since, LONGEST))
        part = (since * PARTS + bar // 2) // bar
        return Moment(min(since, LONGEST), min(part, MOST_PARTS))
