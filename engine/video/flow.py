"""Motion in a film: the optical flow from frame to frame (Farneback 2003), as AV-Align needs it."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np

from engine.arrays import Floats, Image

_PYRAMID, _LEVELS, _WINDOW, _ITERATIONS, _AREA, _SIGMA = 0.5, 3, 15, 3, 5, 1.2
"""OpenCV's parameters, those of AV-Align."""


def flow_curve(pictures: Iterable[Image]) -> Floats:
    """The mean magnitude of the flow at each picture [n], in pixels a frame.

    pictures: BGR uint8 [height, width, 3], all of one size. Only grey counts. The first picture has
    none before it and gets the value of the second.
    """
    before: Image | None = None
    found: list[float] = []
    for picture in pictures:
        grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
        if before is not None:
            found.append(_magnitude(before, grey))
        before = grey
    return np.array(found[:1] + found)


def _magnitude(before: Image, after: Image) -> float:
    start = np.zeros((*before.shape, 2), np.float32)
    flow = cv2.calcOpticalFlowFarneback(
        before, after, start, _PYRAMID, _LEVELS, _WINDOW, _ITERATIONS, _AREA, _SIGMA, 0
    )
    return float(np.sqrt((np.asarray(flow, np.float64) ** 2).sum(-1)).mean())
