"""Reads the expression of faces: Ekman's six, and neutral.

The network is the average of two; :mod:`engine.training.face_networks` makes it.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from engine.arrays import Image
from engine.emotion.face_detection import Faces
from engine.emotion.networks import WEIGHTS, open_network
from engine.section import EKMAN

EXPRESSIONS = (*EKMAN, "neutral")
"""The classes, in the order of every result."""

SIDE = 112
"""Pixels of the side of a face that the network takes."""


class ExpressionNetwork:
    """Reads expressions. Raises EmsyncError as ``open_network`` does."""

    def __init__(self, path: Path = WEIGHTS / "face-expression.onnx") -> None:
        self._session = open_network(path)

    def read(self, image: Image, faces: Faces) -> NDArray[np.float32]:
        """The probabilities of :data:`EXPRESSIONS` of each face: [n, 7].

        image: BGR uint8 [height, width, 3] in which the faces were found.
        """
        if not len(faces):
            return np.zeros((0, len(EXPRESSIONS)), dtype=np.float32)
        probabilities: NDArray[np.float32] = self._session.run(
            None, {"faces": aligned(image, faces)}
        )[0]
        return probabilities


def aligned(image: Image, faces: Faces) -> NDArray[np.uint8]:
    """The faces cut out, with level eyes: BGR [n, 112, 112, 3].

    Beyond the picture's edge its last pixels are repeated.
    """
    cut = np.empty((len(faces), SIDE, SIDE, 3), dtype=np.uint8)
    for index, (box, points) in enumerate(zip(faces.boxes, faces.points, strict=True)):
        eyes = points[1] - points[0]
        scale = SIDE / float(box[2] - box[0])
        picture: MatLike = image
        shrunk = min(scale, 1.0)
        if shrunk < 1:  # or else a warp would skip pixels
            picture = cv2.resize(image, None, fx=shrunk, fy=shrunk, interpolation=cv2.INTER_AREA)
        degrees = float(np.degrees(np.arctan2(eyes[1], eyes[0])))
        x, y = ((box[:2] + box[2:]) / 2 * shrunk).tolist()
        matrix = cv2.getRotationMatrix2D((x, y), degrees, scale / shrunk)
        matrix[:, 2] = matrix[:, 2] + SIDE / 2 - np.array([x, y])
        cut[index] = cv2.warpAffine(
            picture,
            matrix,
            (SIDE, SIDE),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
    return cut
