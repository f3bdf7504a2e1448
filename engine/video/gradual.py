"""Transitions that take many frames: dissolves and fades, found while the frames come in."""

from __future__ import annotations

from array import array

import numpy as np

from engine.arrays import Floats
from engine.video.blends import lit_cells
from engine.video.dissolve_network import shipped
from engine.video.dissolves import REACH, Window, best_windows, find_windows
from engine.video.fades import Fade, find_fades, paired_fades, spreads_of
from engine.video.hard_cuts import Rows

_BLOCK = 512
"""Rows whose windows are tried together."""


class Gradual:
    """Finds dissolves and fades among rows; keeps half a minute of them, and a few numbers each."""

    def __init__(self) -> None:
        self._rows: list[Rows] = []
        self._held = 0
        self._begin = 0
        """The number of the first row that is kept."""
        self._windows: list[Window] = []
        self._spreads, self._cell_spreads = array("f"), array("f")
        self._levels, self._details = array("f"), array("f")

    def push(self, rows: Rows, details: Floats) -> None:
        """Process the next rows. details: the fine detail of each."""
        self._rows.append(rows)
        self._details.extend(details.tolist())
        self._held += len(rows)
        if self._held >= _BLOCK + REACH:
            self._try()

    def result(self) -> tuple[list[Window], list[Fade]]:
        """The dissolves and the fades of all rows so far.

        A dissolve overlaps no better one, but it may overlap a fade.
        """
        if len(self._details) > len(self._spreads):
            self._try()
        spreads, cell_spreads, levels = (
            np.array(kept, dtype=np.float64)
            for kept in (self._spreads, self._cell_spreads, self._levels)
        )
        fades = find_fades(spreads, levels)
        # The picture that comes up at the beginning, or goes at the end, is no transition.
        ends = [fade for fade in fades if fade.flat == 0 or fade.visible == len(spreads)]
        windows = [
            window for window in best_windows(self._windows)
            if all(window.end <= fade.start or window.start >= fade.end for fade in ends)
        ]  # fmt: skip
        fades = [fade for fade in fades if fade not in ends]
        clear = [
            window for window in windows
            if all(
                window.end <= fade.start or window.start >= fade.end
                for fade in fades if fade.score >= 1
            )
        ]  # fmt: skip
        return windows, fades + paired_fades(clear, cell_spreads, levels)

    def _try(self) -> None:
        """Try the windows of the rows that are kept, and forget rows that are not needed again."""
        rows = np.concatenate(self._rows)
        new = rows[len(self._spreads) - self._begin :]
        spreads, halves = spreads_of(new, lit_cells(rows))
        self._spreads.extend(spreads.tolist())
        self._cell_spreads.extend(halves.tolist())
        self._levels.extend(new.mean(axis=1).tolist())
        details = np.array(self._details[self._begin :])
        found = find_windows(rows, details, shipped())
        self._windows += [window.later(self._begin) for window in found]
        kept = rows[-REACH:].copy()
        self._begin += len(rows) - len(kept)
        self._rows, self._held = [kept], len(kept)
