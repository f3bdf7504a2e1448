"""Where the film cuts: frame differencing that knows motion, flashes and dark scenes.

A film is fed to a ``CutDetector`` frame by frame; the ``CutCurve`` it leaves can be cut at any
threshold without a second decode. Three ideas make up the score of a frame:

- *Change that stays.* Frames of both sides are compared in pairs and the least difference counts,
  so that a flash, after which the old picture returns, is no change.
- *Change everywhere.* Differences are taken between square roots of brightness, cell by cell of a
  tiny picture, and averaged with the exponent 1/2: a title or a passer-by changes much of little,
  a cut changes all, and a dark scene's small steps count.
- *Change that stands out.* It is divided by the greatest change nearby plus a floor, so that fast
  motion, also of animation that holds each drawing for some frames, is measured against itself.

The paper takes its cuts from FFmpeg (III-B3), whose ``scene`` score is a plain frame difference;
the ratio to the neighbourhood is PySceneDetect's (its adaptive detector).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from engine.arrays import Floats, Image
from engine.video.reader import Frame

THRESHOLD = 1.6
"""Score of a cut: this many times the greatest change nearby."""

T_DIFF = 4.0
"""Least distance of kept cuts in seconds (paper, IV-A)."""

CLOSE = 2.0
"""Seconds before the end at which a last chord is due."""

_FLASH = 1 / 6
"""Seconds: what passes faster is a flash, not a shot."""

_CELL = 10
"""Pixels of a frame's reduced image that make up one side of a compared cell."""

_DARKEST = 0.05
"""Brightness, 0..1, under which the square root no longer spreads the steps: black's noise."""

_ROOTS = np.sqrt(np.arange(256) / 255 + _DARKEST).astype(np.float32)
"""The root of each brightness of a byte."""

_FLOOR = 0.007
"""Change, where black to white is 1, that means nothing: noise and recompression."""


@dataclass(frozen=True, slots=True, eq=False)
class CutCurve:
    """How much each frame looks like the first of a new shot.

    times: seconds of the file, float64 [frames], rising.
    scores: 0 and up, float64 [frames]; about 1 in plain motion.
    """

    times: Floats
    scores: Floats


class CutDetector:
    """Collects a film's cut curve; keeps two numbers a frame and the last third of a second."""

    def __init__(self, fps: float) -> None:
        self._reach = min(12, max(2, round(fps * _FLASH)))
        self._recent: NDArray[np.float32] | None = None
        self._times = array("d")
        self._changes = array("d")

    def push(self, frame: Frame) -> None:
        """Take the next frame; all must have images of one size."""
        cells = _cells(frame.image)
        if self._recent is None:
            self._recent = np.tile(cells, (2 * self._reach - 1, 1))
        differences = (np.sqrt(np.abs(self._recent - cells)).mean(axis=1) ** 2).tolist()
        count, size = len(self._times), len(self._recent)
        self._recent[count % size] = cells
        self._times.append(frame.time)
        self._changes.append(np.inf)
        by_age = [differences[(count - age) % size] for age in range(1, size + 1)]
        # This frame is number `after` of the shot that begins at `first`, if one does.
        for after in range(min(self._reach, count + 1)):
            first = count - after
            least = min(by_age[after : after + self._reach])
            self._changes[first] = min(self._changes[first], least)

    def result(self) -> CutCurve:
        """The curve of all frames so far.

        The first and the last sixth of a second score 0: no shot is seen there to cut from or to.
        """
        changes = np.array(self._changes)
        changes[: self._reach] = 0.0
        changes[max(0, len(changes) - self._reach + 1) :] = 0.0
        width = self._reach + 1
        padded = np.pad(changes, width)
        sides = sliding_window_view(padded, width).max(axis=1)
        nearby = np.maximum(sides[: len(changes)], sides[width + 1 :])
        return CutCurve(np.array(self._times), changes / (nearby + _FLOOR))


def find_cuts(curve: CutCurve, threshold: float = THRESHOLD) -> tuple[float, ...]:
    """The cuts: times of the first frames of new shots, in seconds of the file, rising.

    threshold: above 1; lower finds more.
    """
    return tuple(curve.times[curve.scores >= threshold].tolist())


def keep_apart(cuts: Iterable[float], t_diff: float = T_DIFF) -> tuple[float, ...]:
    """The first of the rising ``cuts``, then each at least ``t_diff`` seconds after the last kept
    one: the paper's difference filter (III-B3)."""
    kept: list[float] = []
    for cut in cuts:
        if not kept or cut - kept[-1] >= t_diff:
            kept.append(cut)
    return tuple(kept)


def boundaries(cuts: Iterable[float], duration: float) -> tuple[float, ...]:
    """What the music of a film is to mark: the cuts, kept apart, and the film's own edges.

    The paper marks cuts alone. But a soundtrack opens with its film and closes with it: the first
    frame is a boundary, and so is the moment at which a last chord must be struck to ring out at
    the end, each unless it is nearer to a cut than cuts may be to each other.
    """
    kept = keep_apart(cuts)
    first = () if kept and kept[0] < T_DIFF else (0.0,)
    close = duration - CLOSE
    last = () if close - max((0.0, *kept)) < T_DIFF else (close,)
    return (*first, *kept, *last)


def _cells(image: Image) -> NDArray[np.float32]:
    """The picture as a vector: roots of the brightness of each cell's colours, 0..1."""
    height, width = image.shape[:2]
    size = (max(1, width // _CELL), max(1, height // _CELL))
    return _ROOTS[cv2.resize(image, size, interpolation=cv2.INTER_AREA).ravel()]
