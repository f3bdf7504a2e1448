"""What can be counted in a stretch of a song's tokens, and so be asked of the network.

A window learnt from is told what is true of itself, not of its song: what is asked for is then
what comes. ``repetition`` counts what the echo hears (:mod:`engine.music.senses.echo`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.music import vocabulary as voc
from engine.music.conditions import COUNTED, UNKNOWN, Conditions
from engine.music.events import Tokens
from engine.music.senses.echo import AGO, SLACK
from engine.music.vocabulary import Kind, to_seconds
from engine.score import Instrument

FEWEST = 16
"""Of fewer notes nothing is said."""

_DRUMS = voc.INSTRUMENTS.index(Instrument.DRUMS)


class Counts:
    """A song's notes, to be counted in any of its stretches."""

    def __init__(self, tokens: Tokens) -> None:
        """tokens: [n], in the normal form: every ON has its OFF, and none overlaps its like."""
        kinds = voc.KIND[tokens]
        self._cursor = np.cumsum(voc.STEPS[tokens])
        self._on = np.flatnonzero(kinds == Kind.ON)
        self._pitched = voc.INSTRUMENT[tokens[self._on]] != _DRUMS
        bars = self._cursor[kinds == Kind.BAR]
        onsets = self._cursor[self._on]
        self._again, self._old = _again(tokens[self._on].astype(np.int64), onsets, bars)
        by_note = np.argsort(tokens[self._on], kind="stable")
        off = np.flatnonzero(kinds == Kind.OFF)
        ends = self._cursor[off[np.argsort(tokens[off], kind="stable")]]
        self._lengths = np.empty(len(onsets), np.int64)
        self._lengths[by_note] = ends - onsets[by_note]

    def within(self, first: int, last: int) -> npt.NDArray[np.float32]:
        """Of the tokens ``first`` up to ``last`` the conditions ``COUNTED``, as
        ``Conditions.vector`` has them; NaN where there are too few notes to tell."""
        last = min(last, len(self._cursor))
        some = slice(*np.searchsorted(self._on, (first, last)))
        again = self._again[some][self._old[some]]
        lengths = self._lengths[some][self._pitched[some]]
        seconds = to_seconds(int(self._cursor[last - 1] - self._cursor[first]))
        notes = some.stop - some.start
        return Conditions(
            density=notes / seconds if notes >= FEWEST and seconds else UNKNOWN,
            repetition=float(again.mean()) if len(again) >= FEWEST else UNKNOWN,
            note_length=to_seconds(max(1, int(np.median(lengths))))
            if len(lengths) >= FEWEST
            else UNKNOWN,
        ).vector(COUNTED)


def _again(
    notes: npt.NDArray[np.int64], onsets: npt.NDArray[np.int64], bars: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Of each note [n] whether it was struck at this place of the bar in a bar of ``AGO`` too, and
    whether there was such a bar.

    notes: ON tokens. onsets: the steps at which they stand, rising. bars: where bars begin.
    """
    again, old = np.zeros((2, len(notes)), bool)
    if not len(bars) or not len(notes):
        return again, old
    row = int(onsets[-1]) + 2 * SLACK + 1
    struck = np.sort(notes * row + onsets)
    bar = np.searchsorted(bars, onsets, "right") - 1
    for ago in AGO:
        known = bar >= ago
        then = bars[np.where(known, bar - ago, 0)] + onsets - bars[np.maximum(bar, 0)]
        earliest = notes * row + then - SLACK
        found = struck[np.minimum(np.searchsorted(struck, earliest), len(struck) - 1)]
        again |= known & (earliest <= found) & (found <= earliest + 2 * SLACK)
        old |= known
    return again, old
