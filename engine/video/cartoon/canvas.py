"""What the demo film is drawn with: a canvas, shapes, light and chance.

Lengths and coordinates are in pixels, from the top left. Colours are written 0xRRGGBB.
"""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from engine.arrays import Image

WIDTH, HEIGHT = 640, 360

Point = tuple[float, float]

_SHIFT = 4
"""Fractional bits of OpenCV's coordinates, so that slow things move smoothly."""


def sky(*colours: int) -> Image:
    """A fresh canvas, shaded from top to bottom."""
    return _gradient(colours).copy()


def shape(canvas: Image, points: list[Point], colour: int) -> None:
    """Fill a polygon."""
    corners = np.round(np.array(points) * 2**_SHIFT).astype(np.int32)
    cv2.fillPoly(canvas, [corners], _bgr(colour), cv2.LINE_AA, _SHIFT)


def disc(canvas: Image, x: float, y: float, radius: float, colour: int) -> None:
    """Fill a disc around ``x``, ``y``."""
    cv2.circle(
        canvas, _fixed((x, y)), round(radius * 2**_SHIFT), _bgr(colour), -1, cv2.LINE_AA, _SHIFT
    )


def line(canvas: Image, begin: Point, end: Point, colour: int, wide: float) -> None:
    """Draw a line ``wide`` pixels wide."""
    cv2.line(
        canvas, _fixed(begin), _fixed(end), _bgr(colour), max(1, round(wide)), cv2.LINE_AA, _SHIFT
    )


def glow(canvas: Image, x: float, y: float, radius: int, colour: int) -> None:
    """Add light that fades out from ``x``, ``y``."""
    light = _light(radius, colour)
    left, top = round(x) - radius, round(y) - radius
    inside = canvas[
        max(0, top) : max(0, top + 2 * radius), max(0, left) : max(0, left + 2 * radius)
    ]
    if inside.size:
        height, width = inside.shape[:2]
        down, right = max(0, -top), max(0, -left)
        cv2.add(inside, light[down : down + height, right : right + width], inside)


@cache
def vignette() -> Image:
    """What the whole picture is multiplied by, in 255ths: darker towards the corners."""
    y, x = np.ogrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]
    shade = 255 * (1 - 0.16 * (x**2 + y**2))
    return np.repeat(shade[..., None].astype(np.uint8), 3, axis=2)


@cache
def scatter(seed: int, count: int) -> tuple[tuple[float, float, float], ...]:
    """Random triples of 0..1, the same every time."""
    table = np.random.default_rng(seed).random((count, 3)).tolist()
    return tuple((x, y, size) for x, y, size in table)


def mix(colour: int, other: int, share: float) -> int:
    """A colour that has the share ``share`` of the other one."""
    mixed = [round(a + share * (b - a)) for a, b in zip(_bgr(colour), _bgr(other), strict=True)]
    return mixed[0] | mixed[1] << 8 | mixed[2] << 16


@cache
def _light(radius: int, colour: int) -> Image:
    away = np.hypot(*np.ogrid[-radius:radius, -radius:radius]) / radius
    fade = np.clip(1 - away, 0, 1)[..., None] ** 2
    return np.asarray(fade * _bgr(colour), dtype=np.uint8)


@cache
def _gradient(colours: tuple[int, ...]) -> Image:
    stops = np.linspace(0, HEIGHT - 1, len(colours))
    table = np.array([_bgr(colour) for colour in colours], dtype=float)
    rows = np.stack([np.interp(np.arange(HEIGHT), stops, band) for band in table.T], axis=-1)
    return np.repeat(rows[:, None].astype(np.uint8), WIDTH, axis=1)


@cache
def _bgr(colour: int) -> tuple[int, int, int]:
    """OpenCV's order for a colour written 0xRRGGBB."""
    return colour & 255, colour >> 8 & 255, colour >> 16


def _fixed(point: Point) -> tuple[int, int]:
    return round(point[0] * 2**_SHIFT), round(point[1] * 2**_SHIFT)
