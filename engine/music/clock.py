"""The bar clock: for every token, where in its bar time stands.

A TIMESHIFT says how far time moves, not where it arrives; a network that must add them up itself
soon loses the beat. So it is told, of every token, the time since the last BAR and what part of a
bar that is, by what bars have lasted of late. All of it follows from the tokens before, so nothing
need be asked for. (Ours; cf. the bar and position tokens of REMI, Huang and Yang 2020.)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from engine.music import vocabulary as voc
from engine.music.vocabulary import Kind

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


@dataclass(frozen=True, slots=True)
class BarClock:
    """A moment of a piece, after so many tokens.

    cursor: now, in steps. bars: the last BARs, in steps, as many as tell ``BARS`` lengths.
    """

    cursor: int = 0
    bars: tuple[int, ...] = ()

    def push(self, token: int) -> BarClock:
        """The clock after one more token."""
        kind, steps, *_ = voc.TOKENS[token]
        if kind is Kind.TIMESHIFT:
            return BarClock(self.cursor + steps, self.bars)
        if kind is Kind.BAR:
            return BarClock(self.cursor, (*self.bars[-BARS:], self.cursor))
        return self

    @property
    def bar(self) -> int:
        """What bars have lasted of late, in steps; 0 where that is unknown."""
        lengths = sorted(b - a for a, b in pairwise(self.bars))
        # Of two the longer: bars are cut short, not drawn out.
        return lengths[len(lengths) // 2] if lengths else 0

    @property
    def moment(self) -> Moment:
        """What the network is told."""
        if not self.bars:
            return UNKNOWN
        since, bar = self.cursor - self.bars[-1], self.bar
        if not bar:
            return Moment(min(since, LONGEST))
        part = (since * PARTS + bar // 2) // bar
        return Moment(min(since, LONGEST), min(part, MOST_PARTS))


def read(clock: BarClock, tokens: Iterable[int]) -> tuple[BarClock, list[Moment]]:
    """The clock after some tokens, and the moment of each."""
    moments = []
    for token in tokens:
        clock = clock.push(token)
        moments.append(clock.moment)
    return clock, moments
