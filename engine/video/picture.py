"""Reduces a decoded frame to a small BGR picture, without a full-size RGB picture in between.

The planes Y, U and V are reduced first. Only the small picture is converted to BGR, with the
matrix and the range that the film names. Formats without such planes (RGB, palettes, interleaved
samples, big-endian) are reduced by FFmpeg's scaler.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import av
import cv2
import numpy as np
from av.buffer import Buffer
from av.video.plane import VideoPlane
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from engine.arrays import Image

_LUMA_WEIGHTS = {
    1: (0.2126, 0.0722),
    4: (0.30, 0.11),
    5: (0.299, 0.114),
    6: (0.299, 0.114),
    7: (0.212, 0.087),
    9: (0.2627, 0.0593),
    10: (0.2627, 0.0593),
}
"""Weights of red and blue in luma, by the matrix coefficients of ITU-T H.273."""

_FULL_RANGE = 2
"""FFmpeg's number for samples that use the whole range, as in JPEG."""

_HD_HEIGHT = 577
"""From this height on, players take a film that names no matrix for BT.709."""


@dataclass(frozen=True, slots=True)
class Orientation:
    """How a film is turned for display: transposed first, then mirrored in x and y."""

    transposed: bool
    mirrored: tuple[bool, bool]

    def upright(self, image: Image) -> Image:
        """The picture as it is displayed."""
        turned = image.transpose(1, 0, 2) if self.transposed else image
        across, down = (-1 if mirrored else 1 for mirrored in self.mirrored)
        return np.ascontiguousarray(turned[::down, ::across])


def orientation(frame: av.VideoFrame) -> Orientation:
    """How a frame is turned, from the display matrix of its container or stream."""
    data = frame.side_data.get("DISPLAYMATRIX")
    if data is None:
        return Orientation(False, (False, False))
    # x' = a x + c y and y' = b x + d y (ISO/IEC 14496-12, 6.2.2).
    a, b, _, c, d = np.frombuffer(bytes(cast(Buffer, data)), np.int32)[:5].tolist()
    if abs(b) > abs(a):
        return Orientation(True, (c < 0, b < 0))
    return Orientation(False, (a < 0, d < 0))


class Reducer:
    """Reduces the frames of one film; keeps FFmpeg's scaler between frames."""

    def __init__(self, width: int, height: int) -> None:
        self._size = width, height
        self._scaler = VideoReformatter()

    def __call__(self, frame: av.VideoFrame) -> Image:
        """The frame as BGR uint8 [height, width, 3] of the size given at the start."""
        bits, count = plane_layout(frame.format.name)
        planes = frame.planes[:count]
        if not planes or planes[0].line_size < 0:
            return self._scaled(frame)
        # Area averaging reads every sample and costs more than the decode. Linear interpolation
        # reads four in the middle of each area and costs a fiftieth. It lets fine patterns
        # through, but cells of a hundred reduced pixels average them away. Colour is smoother, so
        # one sample is enough.
        luma = self._reduced(planes[0], bits, cv2.INTER_LINEAR)
        chroma = (self._reduced(plane, bits, cv2.INTER_NEAREST) for plane in planes[1:])
        return _bgr([luma, *chroma], *_colours(frame))

    def _reduced(self, plane: VideoPlane, bits: int, interpolation: int) -> Image:
        samples = _samples(plane, "u1" if bits == 8 else "<u2")
        reduced = cv2.resize(samples, self._size, interpolation=interpolation)
        if bits > 8:
            reduced = cv2.convertScaleAbs(reduced, alpha=2.0 ** (8 - bits))
        return reduced  # type: ignore[return-value]

    def _scaled(self, frame: av.VideoFrame) -> Image:
        """The frame reduced by FFmpeg's scaler, which reads any format."""
        width, height = self._size
        form = frame.format
        rgb = form.is_rgb or form.has_palette or len(form.components) < 3
        to = "bgr24" if rgb else "yuv444p"
        small = self._scaler.reformat(frame, width, height, to, threads=1)
        if rgb:
            return np.asarray(small.to_ndarray(), dtype=np.uint8)
        planes = [np.asarray(_samples(plane), dtype=np.uint8) for plane in small.planes]
        return _bgr(planes, *_colours(frame))


@lru_cache
def plane_layout(name: str) -> tuple[int, int]:
    """Bits of a sample, and how many planes a pixel format has for Y, U and V or for grey alone.

    There are no planes for a format that mixes them or is no YUV. Samples must be stored as 8 bits,
    or as the lowest bits of little-endian words. A plane of alpha is allowed, and not counted.
    """
    form = av.VideoFormat(name, 16, 16)
    parts = form.components
    planes = [part.plane for part in parts if not part.is_alpha]
    plain = re.fullmatch(r"(yuv(j|a)?4\d\dp|gray)(\d+le)?", name) is not None
    bits = parts[0].bits
    if not plain or form.is_big_endian or planes != list(range(len(planes))) or bits > 16:
        return 8, 0
    return bits, len(planes)


def _samples(plane: VideoPlane, dtype: str = "u1") -> NDArray[np.integer]:
    """The samples [height, width] of a plane; a view, not a copy."""
    lines = np.frombuffer(memoryview(plane), dtype).reshape(plane.height, -1)
    return lines[:, : plane.width]


def _colours(frame: av.VideoFrame) -> tuple[int, bool]:
    """The number of the frame's matrix, and whether its samples use the whole range."""
    matrix = int(frame.colorspace)
    if matrix not in _LUMA_WEIGHTS:
        matrix = 1 if frame.height >= _HD_HEIGHT else 6
    name = frame.format.name
    # Grey without a range is full range to FFmpeg, as is the deprecated "yuvj".
    implied = name.startswith("yuvj") or (name.startswith("gray") and not frame.color_range)
    return matrix, implied or int(frame.color_range) == _FULL_RANGE


def _bgr(planes: list[Image], matrix: int, full: bool) -> Image:
    """The BGR picture of reduced planes: Y, or Y, U and V."""
    if len(planes) == 1:
        gain, offset = _grey(full)
        light = cv2.convertScaleAbs(
            np.maximum(planes[0], round(-offset / gain)), None, gain, offset
        )
        return np.asarray(cv2.merge([light] * 3), dtype=np.uint8)
    picture = cv2.transform(cv2.merge(planes), _matrix(matrix, full))
    return np.asarray(picture, dtype=np.uint8)


def _grey(full: bool) -> tuple[float, float]:
    """Gain and offset from luma to light."""
    return (1.0, 0.0) if full else (255 / 219, -16 * 255 / 219)


@lru_cache
def _matrix(matrix: int, full: bool) -> NDArray[np.float64]:
    """The affine map [3, 4] from Y, U, V (0..255) to B, G, R (ITU-T H.273, 8.3)."""
    red, blue = _LUMA_WEIGHTS[matrix]
    green = 1 - red - blue
    gain, offset = _grey(full)
    chroma = 1.0 if full else 255 / 224
    to_blue, to_red = 2 * (1 - blue) * chroma, 2 * (1 - red) * chroma
    of_u = np.array([to_blue, -to_blue * blue / green, 0])
    of_v = np.array([0, -to_red * red / green, to_red])
    return np.column_stack([np.full(3, gain), of_u, of_v, offset - 128 * (of_u + of_v)])
