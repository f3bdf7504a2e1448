"""Finds cuts by frame differences that allow for motion, flashes and dark scenes.

A ``CutDetector`` receives the film frame by frame. The threshold is applied to the ``CutCurve``
that it returns, so another threshold needs no second decode. The score of a frame has three parts:

- *Change that stays.* Frames before and after are compared in pairs, and the smallest difference
  counts. A flash, after which the old picture returns, is therefore no change.
- *Change everywhere.* Differences are taken between square roots of brightness in each cell of a
  tiny picture, and averaged with the exponent 1/2. A title changes a few cells much, a cut changes
  all of them. The square root makes the small steps of a dark scene count.
- *Change that stands out.* The change is divided by the greatest change nearby plus a floor. Fast
  motion is thus measured against itself, also in animation that holds each drawing for some frames.

The paper takes its cuts from FFmpeg (III-B3), whose ``scene`` score is a plain frame difference.
The ratio to the neighbourhood is that of PySceneDetect's adaptive detector.
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
"""The least score of a cut, as a multiple of the greatest change nearby."""

T_DIFF = 4.0
"""The least distance of kept cuts, in seconds (paper, IV-A)."""

CLOSE = 2.0
"""How long before the end the last chord begins, in seconds."""

_FLASH = 1 / 6
"""The longest flash in seconds; a longer change is a shot."""

_CELL = 10
"""Side of a compared cell, in pixels of a frame's reduced image."""

_DARKEST = 0.05
"""Added to brightness, 0..1, so that the square root does not amplify the noise of black."""

_ROOTS = np.sqrt(np.arange(256) / 255 + _DARKEST).astype(np.float32)
"""The root of each of the 256 brightnesses."""

_FLOOR = 0.007
"""Change caused by noise and recompression, where black to white is 1."""


@dataclass(frozen=True, slots=True, eq=False)
class CutCurve:
    """A score for each frame: how much it looks like the first of a new shot.

    times: seconds of the file, float64 [frames], rising.
    scores: at least 0, float64 [frames]; about 1 in ordinary motion.
    """

    times: Floats
    scores: Floats


class CutDetector:
    """Computes a film's cut curve; keeps two numbers a frame and the last third of a second."""

    def __init__(self, fps: float) -> None:
        self._reach = min(12, max(2, round(fps * _FLASH)))
        self._recent: NDArray[np.float32] | None = None
        self._times = array("d")
        self._changes = array("d")

    def push(self, frame: Frame) -> None:
        """Process the next frame. All frames must have images of one size."""
        cells = _cells(frame.image)
        if self._recent is None:
            self._recent = np.tile(cells, (2 * self._reach - 1, 1))
        differences = (np.sqrt(np.abs(self._recent - cells)).mean(axis=1) ** 2).tolist()
        count, size = len(self._times), len(self._recent)
        self._recent[count % size] = cells
        self._times.append(frame.time)
        self._changes.append(np.inf)
        by_age = [differences[(count - age) % size] for age in range(1, size + 1)]
        # If a shot begins at `first`, this frame is its frame number `after`.
        for after in range(min(self._reach, count + 1)):
            first = count - after
            least = min(by_age[after : after + self._reach])
            self._changes[first] = min(self._changes[first], least)

    def result(self) -> CutCurve:
        """The curve of all frames so far.

        The first and the last sixth of a second score 0: a shot that short can't be recognised.
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

    threshold: above 1; a lower one finds more cuts.
    """
    return tuple(curve.times[curve.scores >= threshold].tolist())


def keep_apart(cuts: Iterable[float], t_diff: float = T_DIFF) -> tuple[float, ...]:
    """The cuts at least ``t_diff`` seconds after the last kept one, beginning with the first.

    cuts: seconds, rising. This is the paper's difference filter (III-B3).
    """
    kept: list[float] = []
    for cut in cuts:
        if not kept or cut - kept[-1] >= t_diff:
            kept.append(cut)
    return tuple(kept)


def boundaries(cuts: Iterable[float], duration: float) -> tuple[float, ...]:
    """The times that the music marks: the kept cuts, the first frame and the last chord.

    cuts: seconds, rising. duration: of the film in seconds.

    The paper marks only cuts. But a soundtrack also begins and ends with its film. So the first
    frame is a boundary, and so is the onset of a last chord that rings out until the end. Each is
    left out if another boundary is closer than ``T_DIFF``.
    """
    kept = keep_apart(cuts)
    first = () if kept and kept[0] < T_DIFF else (0.0,)
    close = duration - CLOSE
    last = () if close - max((0.0, *kept)) < T_DIFF else (close,)
    return (*first, *kept, *last)


def _cells(image: Image) -> NDArray[np.float32]:
    """The picture as a vector: the root of the brightness of each cell and colour, about 0..1."""
    height, width = image.shape[:2]
    size = (max(1, width // _CELL), max(1, height // _CELL))
    return _ROOTS[cv2.resize(image, size, interpolation=cv2.INTER_AREA).ravel()]
