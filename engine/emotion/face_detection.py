"""Finds faces in a picture by BlazeFace.

BlazeFace (Bazarevsky et al. 2019, *BlazeFace: sub-millisecond neural face detection on mobile
GPUs*) takes a square of 256 pixels. Small faces in a wide picture would get too few of them. So the
detector runs on the whole picture and on overlapping squares of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.arrays import Image, Ints, Mask
from engine.emotion.networks import WEIGHTS, open_network

Points = NDArray[np.float32]

SCORE = 0.75
"""The least score of a face. What looked like a face in films without any had .73 at most."""
SMALLEST = 28
"""The least width of a face in pixels."""

_SIDE = 256
_STRIDE = 0.85
"""Distance of neighbouring squares as a share of their side, at most."""
_LONGEST = 4
"""Ratio of the sides of a picture above which squares would be too many."""
_SAME_FACE = 0.3
"""Two boxes with a larger ratio of intersection to union are one face."""
_EDGE = 2
"""Pixels from an inner edge of a square within which a box counts as cut."""
_FLAT = 3.0
"""Standard deviation of a picture's values, 0..255, below which it shows no face."""
_GRIDS = ((16, 2), (8, 6))
"""BlazeFace's two grids: cells a side and anchors a cell."""
_INPUT = "input:0"
_OUTPUTS = ("Identity:0", "Identity_1:0", "Identity_2:0", "Identity_3:0")
_LEAST_EYE_DISTANCE = 0.15
_LEAST_EYE_TO_MOUTH = 0.15
"""Both as shares of the width of the box. In a profile or a false face they are smaller."""


@dataclass(frozen=True, slots=True)
class Faces:
    """Faces in a picture, the largest first; all in its pixels.

    boxes: [n, 4], left, top, right and bottom. scores: [n], 0..1. points: [n, 6, 2], x and y of
    both eyes (first that on the picture's left), nose, mouth and both ears.
    """

    boxes: Points
    scores: Points
    points: Points

    def __len__(self) -> int:
        return len(self.boxes)

    @property
    def widths(self) -> Points:
        """The widths of the boxes, [n]."""
        return self.boxes[:, 2] - self.boxes[:, 0]

    def choose(self, indices: Ints | Mask) -> Faces:
        """Some of the faces, in the order of ``indices``."""
        return Faces(self.boxes[indices], self.scores[indices], self.points[indices])


_NONE = Faces(
    np.zeros((0, 4), dtype=np.float32),
    np.zeros(0, dtype=np.float32),
    np.zeros((0, 6, 2), dtype=np.float32),
)


class FaceDetector:
    """Finds faces. Raises EmsyncError as :func:`~engine.emotion.networks.open_network` does."""

    def __init__(self, path: Path = WEIGHTS / "face-detector.onnx") -> None:
        self._session = open_network(path)
        self._anchors = _anchors()

    def find(self, image: Image) -> Faces:
        """The faces in a picture, upright BGR uint8 [height, width, 3]."""
        parts = [_NONE]
        if np.std(image) >= _FLAT:
            parts = [self._run(image), *(self._run_square(image, at) for at in squares(image))]
        found = Faces(
            np.concatenate([part.boxes for part in parts]),
            np.concatenate([part.scores for part in parts]),
            np.concatenate([part.points for part in parts]),
        )
        found = found.choose(_plausible(found))
        found = found.choose(_distinct(found.boxes, found.scores))
        return found.choose(np.argsort(-found.widths, kind="stable"))

    def _run_square(self, image: Image, at: tuple[int, int]) -> Faces:
        """The faces in the square at ``at`` (left, top) that its inner edges do not cut."""
        height, width = image.shape[:2]
        side = min(height, width)
        left, top = at
        found = self._run(image[top : top + side, left : left + side])
        inner = (left > 0, top > 0, left + side < width, top + side < height)
        margins = np.concatenate([found.boxes[:, :2], side - found.boxes[:, 2:]], axis=1)
        cut = ((margins < _EDGE) & np.array(inner)).any(axis=1)
        found = found.choose(np.flatnonzero(~cut))
        shift = np.array(at, dtype=np.float32)
        return Faces(found.boxes + np.tile(shift, 2), found.scores, found.points + shift)

    def _run(self, image: Image) -> Faces:
        """All boxes with enough score, in the pixels of the picture; many overlap."""
        height, width = image.shape[:2]
        side = max(height, width)
        scale = _SIDE / side
        size = (max(round(width * scale), 1), max(round(height * scale), 1))
        small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        before, above = (_SIDE - size[0]) // 2, (_SIDE - size[1]) // 2
        square = np.zeros((1, _SIDE, _SIDE, 3), dtype=np.float32)
        square[0, above : above + size[1], before : before + size[0]] = small[..., ::-1]
        # Two grids of scores, then of boxes, by the names of the graph's outputs.
        outputs = self._session.run(_OUTPUTS, {_INPUT: square / 127.5 - 1})
        scores = _sigmoid(np.concatenate(outputs[:2], axis=1)[0, :, 0])
        kept = scores >= SCORE
        values = np.concatenate(outputs[2:], axis=1)[0, kept] / _SIDE
        # A box is its centre, as a distance from the anchor, and its size. Six points follow.
        centres = values[:, :2] + self._anchors[kept]
        halves = values[:, 2:4] / 2
        points = values[:, 4:].reshape(-1, 6, 2) + self._anchors[kept, np.newaxis]
        offset = np.array([before, above], dtype=np.float32) / _SIDE
        return Faces(
            (np.concatenate([centres - halves, centres + halves], 1) - np.tile(offset, 2)) * side,
            scores[kept],
            (points - offset) * side,
        )


def squares(image: Image) -> list[tuple[int, int]]:
    """Left and top of the overlapping squares that cover a picture.

    Their side is the picture's shorter one. There are none for a squarish or a very long picture.
    """
    height, width = image.shape[:2]
    side, longer = min(height, width), max(height, width)
    if not 2 - _STRIDE < longer / side <= _LONGEST:
        return []
    count = math.ceil((longer / side - 1) / _STRIDE) + 1
    starts = [round(index * (longer - side) / (count - 1)) for index in range(count)]
    return [(start, 0) if width > height else (0, start) for start in starts]


def _anchors() -> Points:
    """The centres of BlazeFace's anchors, 0..1: [896, 2]."""
    anchors = []
    for cells, repeated in _GRIDS:
        line = (np.arange(cells, dtype=np.float32) + 0.5) / cells
        x, y = np.meshgrid(line, line)
        anchors.append(np.repeat(np.stack([x.ravel(), y.ravel()], axis=1), repeated, axis=0))
    return np.concatenate(anchors).astype(np.float32)


def _sigmoid(values: Points) -> Points:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -80, 80))), dtype=np.float32)


def _plausible(faces: Faces) -> Mask:
    """Which faces are large enough and have eyes apart and a mouth below them."""
    eyes = faces.points[:, 1] - faces.points[:, 0]
    mouth = faces.points[:, 3] - faces.points[:, :2].mean(axis=1)
    distance = np.hypot(eyes[:, 0], eyes[:, 1])
    below = (eyes[:, 0] * mouth[:, 1] - eyes[:, 1] * mouth[:, 0]) / np.maximum(distance, 1e-6)
    return np.asarray(
        (faces.widths >= SMALLEST)
        & (distance >= _LEAST_EYE_DISTANCE * faces.widths)
        & (below >= _LEAST_EYE_TO_MOUTH * faces.widths)
    )


def _distinct(boxes: Points, scores: Points) -> Ints:
    """The boxes that are left when each suppresses weaker ones that overlap it."""
    areas = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    order = np.argsort(-scores, kind="stable")
    kept = []
    while order.size:
        best, order = order[0], order[1:]
        kept.append(best)
        low = np.maximum(boxes[best, :2], boxes[order, :2])
        high = np.minimum(boxes[best, 2:], boxes[order, 2:])
        shared = np.prod(np.maximum(high - low, 0), axis=1)
        order = order[shared <= _SAME_FACE * (areas[best] + areas[order] - shared)]
    return np.array(kept, dtype=np.int64)
