"""Tiny pictures of all frames, by which another cut of the film is recognised."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.arrays import Image

COLUMNS, ROWS = 8, 5
"""The cells of a fingerprint."""
_DARKEST = 0.05
"""Added to brightness, 0..1, so that the square root does not amplify the noise of black."""
_ROOTS = np.sqrt(np.arange(256) / 255 + _DARKEST)
_ROOTS = np.rint(255 * (_ROOTS - _ROOTS[0]) / (_ROOTS[-1] - _ROOTS[0])).astype(np.uint8)

Prints = NDArray[np.uint8]
"""[frames, ``ROWS`` * ``COLUMNS``]: the brightness of each cell, as a root from 0 to 255."""


class Fingerprints:
    """Keeps forty bytes of each frame."""

    def __init__(self) -> None:
        self._data = bytearray()

    def push(self, image: Image) -> None:
        """Keep the next frame. image: BGR uint8 [height, width, 3]."""
        grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        small = cv2.resize(grey, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA)
        self._data += _ROOTS[small].tobytes()

    @property
    def value(self) -> Prints:
        """The fingerprints of all frames so far."""
        return np.frombuffer(bytes(self._data), np.uint8).reshape(-1, ROWS * COLUMNS)
