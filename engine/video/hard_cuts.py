"""Hard cuts, by frame differences that allow for motion, flashes and dark scenes.

The score of a frame has three parts:

- *Change that stays.* Frames before and after are compared in pairs, and the smallest difference
  counts. A flash, after which the old picture returns, is therefore no change.
- *Change everywhere.* Differences are taken between square roots of brightness in each cell of a
  tiny picture, and averaged with the exponent 1/2. A title changes a few cells much, a cut changes
  all of them. The square root makes the small steps of a dark scene count.
- *Change that stands out.* The change is divided by the greatest change nearby plus a floor. Fast
  motion is thus measured against itself, also in animation that holds each drawing for some frames.

Conversion between frame rates, telecine and fields leave a mixed frame at a cut. Its two half
changes hide each other. So the change is also measured across a gap of one mixed frame, at high
frame rates of up to three.

The paper takes its cuts from FFmpeg (III-B3), whose ``scene`` score is a plain frame difference.
The ratio to the neighbourhood is that of PySceneDetect's adaptive detector.
"""

from __future__ import annotations

from array import array

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from engine.arrays import Floats

Rows = NDArray[np.float32]
"""Pictures as vectors [rows, values], see :func:`engine.video.cuts.cells`."""

_FLASH = 1 / 6
"""The longest flash in seconds; a longer change is a shot."""

_FLOOR = 0.007
"""Change caused by noise and recompression, where black to white is 1."""

_HALF = 0.75
"""The most that one step may be of a change across a mixed frame."""

_PREVAILS = 0.45
"""The share of the change from which on a mixed frame counts as the new shot."""

_JITTER = 0.005
"""How far a container may round a frame's time, in seconds."""

_NEAR = 1.5
"""Changes further apart than this, in seconds, are not compared: slides are no motion."""


def difference(before: Rows, after: Rows) -> NDArray[np.float32]:
    """How much pictures differ everywhere, 0..1, pair by pair of [..., values]."""
    return np.asarray(np.sqrt(np.abs(before - after)).mean(axis=-1) ** 2, dtype=np.float32)


class HardCuts:
    """Measures the change at each row; keeps a few numbers a row and a third of a second."""

    def __init__(self, rate: float) -> None:
        """rate: rows a second."""
        self.reach = min(12, max(2, round(rate * _FLASH)))
        self.gaps = min(3, max(1, round(rate / 20)))
        """The most mixed frames."""
        self._tail: Rows | None = None
        self._changes = [array("f") for _ in range(self.gaps + 1)]

    def push(self, rows: Rows) -> None:
        """Process the next rows. The first rows of a film stand for those before them."""
        if self._tail is None:
            self._tail = np.repeat(rows[:1], self.reach, axis=0)
        kept = self._tail
        rows = np.concatenate([kept, rows])
        # A row needs `reach` rows before it, and as many from it on, beyond the widest gap.
        count = len(rows) - 2 * self.reach - self.gaps + 1
        if count <= 0:
            self._tail = rows
            return
        for changes, found in zip(self._changes, self._measure(rows, count), strict=True):
            changes.extend(found.tolist())
        self._tail = rows[count:]

    def _measure(self, rows: Rows, count: int) -> list[NDArray[np.float32]]:
        """The change at rows ``reach`` to ``reach + count``, for each gap."""
        reach = self.reach
        by_lag = {
            lag: difference(rows[:-lag], rows[lag:])
            for lag in range(1, 2 * reach + self.gaps)
        }  # fmt: skip
        found = []
        for gap in range(self.gaps + 1):
            least = np.full(count, np.inf, dtype=np.float32)
            for before in range(1, reach + 1):
                for after in range(gap, gap + reach):
                    begin = reach - before
                    np.minimum(least, by_lag[before + after][begin : begin + count], out=least)
            found.append(least)
        return found

    def result(self, first_rows: NDArray[np.int64], times: Floats) -> tuple[Floats, Floats]:
        """The change at each frame, and how much it stands out, 1 in ordinary motion.

        first_rows: the row at which each frame begins. times: of the frames, in seconds.
        No row may follow. The first and the last sixth of a second have 0: a shot that short can't
        be recognised.
        """
        if self._tail is None:
            return np.zeros(0), np.zeros(0)
        # A gap may reach beyond the end, a shot may not.
        self.push(np.repeat(self._tail[-1:], self.gaps, axis=0))
        inside = (first_rows >= self.reach) & (first_rows < len(self._changes[0]))
        changes = []
        for kept in self._changes:
            padded = np.array([*kept, 0.0])
            places = np.minimum(first_rows, len(kept))
            changes.append(np.where(inside, padded[places], 0.0))
        change = changes[0]
        ratio = change / (self._nearby(change, times, 0) + _FLOOR)
        change, ratio = change.copy(), ratio.copy()
        clean, steps = ratio.copy(), changes[0]
        for gap in range(1, self.gaps + 1):
            across = changes[gap]
            scores = across / (self._nearby(across, times, gap) + _FLOOR)
            # The greatest step, and the best score without a gap, from a row before to a row after.
            step = _greatest(steps, 0, gap)
            best = _greatest(clean, -1, gap + 1)
            halved = (step <= _HALF * across) & (scores > best)
            for place in np.flatnonzero(halved).tolist():
                # The new shot begins where about half of the change is done.
                done = np.cumsum(steps[place : place + gap + 1])
                first = place + int(np.argmax(done >= _PREVAILS * done[-1]))
                if scores[place] > ratio[first]:
                    ratio[first], change[first] = scores[place], across[place]
        return change, _strongest(ratio, times)

    def _nearby(self, changes: Floats, times: Floats, gap: int) -> Floats:
        """The greatest change of frames near each frame, less those within ``gap`` of it."""
        nearby = np.zeros_like(changes)
        for away in range(gap + 1, gap + self.reach + 2):
            if away >= len(times):
                break
            close = times[away:] - times[:-away] < _NEAR
            later, earlier = changes[away:] * close, changes[:-away] * close
            np.maximum(nearby[:-away], later, out=nearby[:-away])
            np.maximum(nearby[away:], earlier, out=nearby[away:])
        return nearby


def _strongest(ratio: Floats, times: Floats) -> Floats:
    """The scores of frames that have no greater one within a flash's length; 0 for the others."""
    kept = ratio.copy()
    for away in range(1, len(times)):
        close = times[away:] - times[:-away] < _FLASH - _JITTER
        if not close.any():
            break
        kept[away:][close & (ratio[:-away] >= ratio[away:])] = 0.0
        kept[:-away][close & (ratio[:-away] < ratio[away:])] = 0.0
    return kept


def _greatest(values: Floats, low: int, high: int) -> Floats:
    """The greatest value of places ``low`` to ``high`` around each place."""
    padded = np.pad(values, (-low, high))
    return np.asarray(sliding_window_view(padded, high - low + 1).max(axis=1))
