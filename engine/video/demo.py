"""The demo film: half a minute of silent cartoon, so that a first score needs no other file.

A girl with a red scarf sails at dawn and walks through a sunny town. She is caught by a storm, sees
the lighthouse and runs from a shadow in the wood. She mourns in the snow and comes home to
fireworks. The seven scenes have different moods and hard cuts at ``CUTS``; the lightning is no cut.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import pairwise
from math import cos, pi, sin
from pathlib import Path

import cv2
import numpy as np

from engine.arrays import Image
from engine.files import replacing
from engine.video.writer import write_film

CUTS = (6.0, 11.0, 16.0, 17.5, 22.0, 26.5)
"""First frames of the scenes after the first, in seconds; one follows closer than t_diff."""

DURATION = 32.0
"""Length in seconds."""

FPS = 24
WIDTH, HEIGHT = 640, 360

_Point = tuple[float, float]

_SHIFT = 4
"""Fractional bits of OpenCV's coordinates, so that slow things move smoothly."""


def draw_demo(path: str | Path, seconds: float = DURATION) -> None:
    """Draw the film's first ``seconds`` into the MP4 file ``path``, whole or not at all.

    The pixels are the same every time. Raises EmsyncError if ``path`` can't be written.
    """
    count = round(min(seconds, DURATION) * FPS)
    with replacing(path) as beside:
        write_film(beside, (draw_frame(number / FPS) for number in range(count)), FPS)


def draw_frame(time: float) -> Image:
    """The film's picture at ``time`` seconds: BGR uint8 [HEIGHT, WIDTH, 3]."""
    number = sum(cut <= time for cut in CUTS)
    canvas = _SCENES[number](time - (0.0, *CUTS)[number])
    return np.asarray(cv2.multiply(canvas, _vignette(), scale=1 / 255), dtype=np.uint8)


def _dawn(time: float) -> Image:
    canvas = _sky(0x2B2F63, 0xB4698F, 0xFFB37A, 0xFFE3B0)
    sun = 235 - 11 * time
    _glow(canvas, 430, sun, 210, 0x99663A)
    _disc(canvas, 430, sun, 34, 0xFFF3CF)
    for number in range(4):
        x = 110 + 60 * number + 9 * time
        _bird(canvas, x, 90 + 13 * (number % 3), 9, time * 5 + number)
    _sea(canvas, 232, time, (0xC8788A, 0x9A5F8C, 0x6C4C80, 0x453A69, 0x2B2A50), 3)
    for row in range(14):
        width = 8 + 5 * row + 5 * sin(3 * time + 2 * row)
        y = 240 + 8 * row
        _line(canvas, (430 - width, y), (430 + width, y), 0xFFD9A0, 1)
    _boat(canvas, 170 + 22 * time, 262 + 3 * sin(1.7 * time), 0.05 * sin(1.3 * time), 1.25)
    return canvas


def _town(time: float) -> Image:
    canvas = _sky(0x4FB4F0, 0x9BD9FA, 0xE8F8FF, 0xFFFDE8)
    _glow(canvas, 540, 60, 120, 0x665F38)
    _disc(canvas, 540, 60, 28, 0xFFF6BE)
    for x, y, size in _scatter(1, 5):
        _cloud(canvas, (x * 900 - 10 * time) % 800 - 80, 30 + 70 * y, 14 + 12 * size)
    _houses(canvas, 262, 26 * time, 2, (0xA9CFE3, 0xBFD9D2, 0xD6D8E6, 0xC4D2EE), 74)
    _houses(canvas, 296, 70 * time, 3, (0xF48B6A, 0xF9C65C, 0x7CC6A4, 0xE77E9B, 0x7EA7E8), 104)
    _shape(canvas, [(0, 294), (WIDTH, 294), (WIDTH, HEIGHT), (0, HEIGHT)], 0xE9D3A5)
    for number in range(12):
        x = (number * 75 - 110 * time) % 900 - 100
        _line(canvas, (x, 318), (x + 34, 318), 0xD8BE8A, 3)
    _girl(canvas, 290 + 8 * sin(time), 338, 8 * time, 1.5)
    for number in range(3):
        x = 120 + 190 * number + 46 * time
        _bird(canvas, x % 720 - 40, 120 - 22 * number + 9 * sin(2 * time + number), 11, 9 * time)
    return canvas


def _storm(time: float) -> Image:
    canvas = _sky(0x0D1119, 0x1B2530, 0x2F3E49, 0x43545B)
    flash = any(0 <= time - lightning < 2 / FPS for lightning in (1.5, 3.5))
    for x, y, size in _scatter(4, 16):
        _cloud(canvas, (x * 900 + 90 * time) % 860 - 110, 5 + 75 * y, 26 + 30 * size, 0x1C242C)
    if flash:
        cv2.addWeighted(canvas, 0.45, np.full_like(canvas, 235), 0.55, 0, canvas)
        x = 200 + 60 * time
        bolt = [(x, 40), (x - 22, 105), (x + 8, 112), (x - 26, 190), (x - 6, 194), (x - 34, 248)]
        for begin, end in pairwise(bolt):
            _line(canvas, begin, end, 0xFFFFFF, 4)
    _sea(canvas, 226, 2.6 * time, (0x36474F, 0x2A3A43, 0x1F2D36, 0x15212A, 0x0C151C), 17)
    roll = 0.42 * sin(2.9 * time)
    _boat(canvas, 300 + 40 * sin(0.9 * time), 256 + 20 * sin(2.3 * time), roll, 1.15)
    _sea(canvas, 298, 3.4 * time + 2, (0x15212A, 0x0C151C), 14)
    for x, y, speed in _scatter(5, 170):
        fall = (y * HEIGHT + (620 + 380 * speed) * time) % (HEIGHT + 40) - 20
        left = (x * 760 - 0.35 * fall) % 760 - 60
        _line(canvas, (left, fall), (left - 7, fall + 20), 0x8FA3AD, 1)
    return canvas


def _lighthouse(time: float) -> Image:
    canvas = _sky(0x071426, 0x0D2038, 0x173351, 0x27496B)
    angle = -2.5 + 1.5 * time
    beam = canvas.copy()
    for side in (0.0, pi):
        far = [
            (320 + 800 * cos(angle + side + w), 96 + 800 * sin(angle + side + w))
            for w in (-0.13, 0.13)
        ]
        _shape(beam, [(320, 96), *far], 0xFFE9A8)
    cv2.addWeighted(beam, 0.55, canvas, 0.45, 0, canvas)
    _shape(canvas, [(268, HEIGHT), (292, 120), (348, 120), (372, HEIGHT)], 0xE9E4DA)
    for row in range(3):
        top = 150 + 80 * row
        edge = 0.1 * (top - 120)
        _shape(
            canvas,
            [(292 - edge, top), (348 + edge, top), (352 + edge, top + 40), (288 - edge, top + 40)],
            0xB8322E,
        )
    _shape(canvas, [(284, 120), (284, 112), (356, 112), (356, 120)], 0x2A2F3A)
    _shape(canvas, [(298, 112), (298, 76), (342, 76), (342, 112)], 0xFFF2C4)
    _shape(canvas, [(290, 78), (320, 50), (350, 78)], 0xB8322E)
    _glow(canvas, 320, 96, 130, 0xB39A60)
    return canvas


def _chase(time: float) -> Image:
    canvas = _sky(0x2A0E12, 0x5C1A17, 0x9A2F1C, 0xD9602A)
    _disc(canvas, 470, 120, 52, 0xF2B25A)
    for layer, (speed, colour) in enumerate(((150, 0x5A1D18), (330, 0x34110F), (640, 0x150708))):
        for x, y, size in _scatter(10 + layer, 9):
            left = (x * 900 - speed * time) % 900 - 130
            wide = (10 + 9 * size) * (1 + 0.6 * layer)
            _shape(
                canvas,
                [(left, 0), (left + wide, 0), (left + 1.3 * wide, 330), (left - 0.3 * wide, 330)],
                colour,
            )
            _line(canvas, (left, 90 + 90 * y), (left - 50, 40 + 90 * y), colour, 4 + 2 * layer)
        if layer == 1:
            _shape(canvas, [(0, 318), (WIDTH, 312), (WIDTH, HEIGHT), (0, HEIGHT)], 0x1C0A0A)
            _girl(canvas, 400 + 18 * sin(2 * time), 326, 17 * time, 1.35)
            _shadow(canvas, 130 + 26 * time, 326, 15 * time)
    return canvas


def _grief(time: float) -> Image:
    canvas = _sky(0x060A18, 0x0D1730, 0x1A2A4A, 0x2C3D5F)
    for x, y, size in _scatter(20, 60):
        _disc(canvas, x * WIDTH, y * 220, 0.5 + size, 0x9FB0CC)
    _glow(canvas, 140, 84, 120, 0x2E3A52)
    _disc(canvas, 140, 84, 26, 0xDDE6F2)
    hill = [(x, 300 - 44 * sin(pi * x / WIDTH)) for x in range(0, WIDTH + 1, 16)]
    _shape(canvas, [*hill, (WIDTH, HEIGHT), (0, HEIGHT)], 0x8495B4)
    _branch(canvas, 430, 266, -pi / 2 + 0.1, 62, 7)
    _shape(
        canvas, [(338, 262), (338, 240), (344, 232), (354, 232), (360, 240), (360, 262)], 0x59667F
    )
    _girl(canvas, 300, 262, 0.0, 1.15, bowed=True)
    for x, y, size in _scatter(21, 90):
        fall = (y * HEIGHT + (18 + 22 * size) * time) % HEIGHT
        _disc(canvas, x * WIDTH + 7 * sin(time + 9 * y), fall, 0.8 + 1.3 * size, 0xD5DEEB)
    return canvas


def _fireworks(time: float) -> Image:
    canvas = _sky(0x180F4A, 0x3A1B73, 0x7A2F8F, 0xE0709A)
    colours = (0xFFD84D, 0xFF6B6B, 0x6BE5FF, 0x9CFF7A, 0xFF9CF0, 0xFFFFFF)
    for number, (x, y, size) in enumerate(_scatter(30, 15)):
        age = time - 0.36 * number + 0.5
        centre = (70 + 500 * x, 45 + 110 * y)
        if -0.6 < age < 0:
            _disc(canvas, centre[0], centre[1] - 300 * age, 2.2, 0xFFE9B0)
        if 0 <= age < 1.7:
            _burst(canvas, centre, age, 70 + 50 * size, colours[number % len(colours)])
    _houses(canvas, 262, 0, 31, (0x2A1653, 0x33205F, 0x241048), 52)
    _sea(canvas, 258, time, (0x7A3A8C, 0x552C7C, 0x3A2168, 0x251650), 3)
    for x, y, size in _scatter(32, 12):
        left, top = x * WIDTH + 6 * sin(time + 5 * x), 300 - 260 * ((y + 0.09 * time) % 1)
        _glow(canvas, left, top, 16, 0x7A4A1E)
        _disc(canvas, left, top, 2.5 + 2 * size, 0xFFC46B)
    _boat(canvas, 190 + 20 * time, 282 + 3 * sin(2 * time), 0.06 * sin(1.6 * time), 1.35)
    return canvas


_SCENES: tuple[Callable[[float], Image], ...] = (
    _dawn,
    _town,
    _storm,
    _lighthouse,
    _chase,
    _grief,
    _fireworks,
)


def _boat(canvas: Image, x: float, y: float, roll: float, size: float) -> None:
    def at(right: float, up: float) -> _Point:
        return (
            x + size * (right * cos(roll) + up * sin(roll)),
            y + size * (right * sin(roll) - up * cos(roll)),
        )

    _line(canvas, at(0, 0), at(0, 62), 0x4A2E22, 3)
    _shape(canvas, [at(3, 60), at(34, 14), at(3, 10)], 0xD8342F)
    _shape(canvas, [at(-3, 54), at(-24, 14), at(-3, 10)], 0xF3E7D2)
    _shape(canvas, [at(-36, 6), at(38, 6), at(26, -10), at(-26, -10)], 0x6A3B25)
    _disc(canvas, *at(-14, 16), 4.5 * size, 0xF0C7A0)
    _line(canvas, at(-14, 11), at(-26, 13), 0xE2302C, 3)


def _girl(
    canvas: Image, x: float, y: float, stride: float, size: float, bowed: bool = False
) -> None:
    hip, neck, head = y - 17 * size, y - 36 * size, y - 43 * size
    tilt = 5 * size if bowed else 2 * size
    for phase in (0.0, pi):
        step = 0.0 if bowed else 10 * size * sin(stride + phase)
        _line(canvas, (x, hip), (x + step, y), 0x2F2A3D, 3 * size)
        _line(canvas, (x + tilt, neck + 4 * size), (x + tilt - 0.8 * step, hip), 0xF0C7A0, 2 * size)
    hem = hip + 4 * size
    _shape(canvas, [(x + tilt, neck), (x - 9 * size, hem), (x + 9 * size, hem)], 0x2E5FA8)
    tail = [
        (x + tilt - 7 * part * size, neck + (5 * part if bowed else 2 * sin(stride + part)) * size)
        for part in range(4)
    ]
    for begin, end in pairwise(tail):
        _line(canvas, begin, end, 0xE2302C, 4 * size)
    _disc(canvas, x + 1.4 * tilt, head + (3 * size if bowed else 0), 6 * size, 0xF0C7A0)
    _disc(
        canvas,
        x + 1.4 * tilt - 2 * size,
        head - 2 * size + (3 * size if bowed else 0),
        5.4 * size,
        0x4A2A1C,
    )


def _shadow(canvas: Image, x: float, y: float, stride: float) -> None:
    """The wolf: a long black body, four galloping legs, burning eyes."""
    body = y - 36 + 5 * sin(stride)
    for number in range(4):
        hip = x - 48 + 32 * number
        _line(canvas, (hip, body), (hip + 26 * sin(stride + 1.3 * number), y), 0x0A0405, 9)
    _shape(
        canvas,
        [
            (x - 100, body - 34),
            (x - 54, body - 18),
            (x + 46, body - 24),
            (x + 62, body - 50),
            (x + 72, body - 32),
            (x + 112, body - 14),
            (x + 70, body),
            (x + 40, body + 14),
            (x - 56, body + 12),
        ],
        0x0A0405,
    )
    _disc(canvas, x + 78, body - 24, 3, 0xFFD23F)


def _bird(canvas: Image, x: float, y: float, size: float, beat: float) -> None:
    lift = 0.6 * size * sin(beat)
    _line(canvas, (x - size, y - lift), (x, y), 0x33304A, 2)
    _line(canvas, (x, y), (x + size, y - lift), 0x33304A, 2)


def _cloud(canvas: Image, x: float, y: float, size: float, colour: int = 0xFFFFFF) -> None:
    for right, down, share in ((-1.1, 0.25, 0.7), (0.0, 0.0, 1.0), (1.1, 0.2, 0.75)):
        _disc(canvas, x + right * size, y + down * size, share * size, colour)


def _houses(
    canvas: Image, ground: float, travel: float, seed: int, colours: tuple[int, ...], tall: float
) -> None:
    wide = 84
    for number, (tallness, roof, _) in enumerate(_scatter(seed, 12)):
        left = (number * wide - travel) % (12 * wide) - wide
        top = ground - tall * (0.65 + 0.5 * tallness)
        colour = colours[number % len(colours)]
        right = left + wide - 2
        _shape(canvas, [(left, ground), (left, top), (right, top), (right, ground)], colour)
        peak = top - 16 - 18 * roof
        _shape(
            canvas,
            [(left - 4, top), ((left + right) / 2, peak), (right + 4, top)],
            _mix(colour, 0x5A2A22, 0.45),
        )
        for row in range(2):
            for column in range(3):
                x, y = left + 12 + 23 * column, top + 12 + 28 * row
                _shape(
                    canvas,
                    [(x, y), (x + 12, y), (x + 12, y + 15), (x, y + 15)],
                    _mix(colour, 0xFFF3C0, 0.55),
                )


def _sea(canvas: Image, top: float, time: float, colours: tuple[int, ...], swell: float) -> None:
    """Bands of waves from ``top`` to the bottom, the near ones larger and faster."""
    x = np.arange(0.0, WIDTH + 17, 16)
    for band, colour in enumerate(colours):
        y = top + (HEIGHT - top) * (band / len(colours)) ** 1.3
        height = swell * (0.6 + 0.35 * band)
        wave = y + height * np.sin(x / (46 + 12 * band) + time * (0.8 + 0.25 * band) + 2.1 * band)
        crest = list(zip(x.tolist(), wave.tolist(), strict=True))
        _shape(canvas, [*crest, (WIDTH + 16, HEIGHT), (0, HEIGHT)], colour)


def _branch(canvas: Image, x: float, y: float, angle: float, length: float, wide: float) -> None:
    tip = (x + length * cos(angle), y + length * sin(angle))
    _line(canvas, (x, y), tip, 0x1B2033, wide)
    if length > 12:
        for turn in (-0.5, 0.42):
            _branch(canvas, *tip, angle + turn, 0.7 * length, max(1.0, 0.62 * wide))


def _burst(canvas: Image, centre: _Point, age: float, size: float, colour: int) -> None:
    x, y = centre
    reach = size * (1 - (1 - min(1.0, age)) ** 3)
    light = max(0.0, 1 - age / 1.7)
    _glow(canvas, x, y, round(size / 8) * 10, _mix(0, colour, round(0.5 * light, 1)))
    for ray in range(26):
        angle = 2 * pi * ray / 26
        for share, radius in ((1.0, 2.4), (0.72, 1.7), (0.45, 1.2)):
            _disc(
                canvas,
                x + share * reach * cos(angle),
                y + share * reach * sin(angle) + 26 * age * age,
                radius * light + 0.4,
                colour,
            )


def _shape(canvas: Image, points: list[_Point], colour: int) -> None:
    corners = np.round(np.array(points) * 2**_SHIFT).astype(np.int32)
    cv2.fillPoly(canvas, [corners], _bgr(colour), cv2.LINE_AA, _SHIFT)


def _disc(canvas: Image, x: float, y: float, radius: float, colour: int) -> None:
    cv2.circle(
        canvas, _fixed((x, y)), round(radius * 2**_SHIFT), _bgr(colour), -1, cv2.LINE_AA, _SHIFT
    )


def _line(canvas: Image, begin: _Point, end: _Point, colour: int, wide: float) -> None:
    cv2.line(
        canvas, _fixed(begin), _fixed(end), _bgr(colour), max(1, round(wide)), cv2.LINE_AA, _SHIFT
    )


def _glow(canvas: Image, x: float, y: float, radius: int, colour: int) -> None:
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


def _sky(*colours: int) -> Image:
    """A fresh canvas, shaded from top to bottom."""
    return _gradient(colours).copy()


@cache
def _vignette() -> Image:
    y, x = np.ogrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]
    shade = 255 * (1 - 0.16 * (x**2 + y**2))
    return np.repeat(shade[..., None].astype(np.uint8), 3, axis=2)


@cache
def _scatter(seed: int, count: int) -> tuple[tuple[float, float, float], ...]:
    """Random triples of 0..1, the same every time."""
    table = np.random.default_rng(seed).random((count, 3)).tolist()
    return tuple((x, y, size) for x, y, size in table)


@cache
def _bgr(colour: int) -> tuple[int, int, int]:
    """OpenCV's order for a colour written 0xRRGGBB."""
    return colour & 255, colour >> 8 & 255, colour >> 16


def _mix(colour: int, other: int, share: float) -> int:
    mixed = [round(a + share * (b - a)) for a, b in zip(_bgr(colour), _bgr(other), strict=True)]
    return mixed[0] | mixed[1] << 8 | mixed[2] << 16


def _fixed(point: _Point) -> tuple[int, int]:
    return round(point[0] * 2**_SHIFT), round(point[1] * 2**_SHIFT)
