"""What appears in the demo film: boats, people, animals, houses, waves, trees and fireworks."""

from __future__ import annotations

from itertools import pairwise
from math import cos, pi, sin

import numpy as np

from engine.arrays import Image
from engine.video.cartoon.canvas import HEIGHT, WIDTH, Point, disc, glow, line, mix, scatter, shape


def boat(canvas: Image, x: float, y: float, roll: float, size: float) -> None:
    """A red sailing boat with its sailor. roll: radians."""

    def at(right: float, up: float) -> Point:
        return (
            x + size * (right * cos(roll) + up * sin(roll)),
            y + size * (right * sin(roll) - up * cos(roll)),
        )

    line(canvas, at(0, 0), at(0, 62), 0x4A2E22, 3)
    shape(canvas, [at(3, 60), at(34, 14), at(3, 10)], 0xD8342F)
    shape(canvas, [at(-3, 54), at(-24, 14), at(-3, 10)], 0xF3E7D2)
    shape(canvas, [at(-36, 6), at(38, 6), at(26, -10), at(-26, -10)], 0x6A3B25)
    disc(canvas, *at(-14, 16), 4.5 * size, 0xF0C7A0)
    line(canvas, at(-14, 11), at(-26, 13), 0xE2302C, 3)


def girl(
    canvas: Image, x: float, y: float, stride: float, size: float, bowed: bool = False
) -> None:
    """The girl with the red scarf. stride: radians of her steps; bowed: she stands and mourns."""
    hip, neck, head = y - 17 * size, y - 36 * size, y - 43 * size
    tilt = 5 * size if bowed else 2 * size
    for phase in (0.0, pi):
        step = 0.0 if bowed else 10 * size * sin(stride + phase)
        line(canvas, (x, hip), (x + step, y), 0x2F2A3D, 3 * size)
        line(canvas, (x + tilt, neck + 4 * size), (x + tilt - 0.8 * step, hip), 0xF0C7A0, 2 * size)
    hem = hip + 4 * size
    shape(canvas, [(x + tilt, neck), (x - 9 * size, hem), (x + 9 * size, hem)], 0x2E5FA8)
    tail = [
        (x + tilt - 7 * part * size, neck + (5 * part if bowed else 2 * sin(stride + part)) * size)
        for part in range(4)
    ]
    for begin, end in pairwise(tail):
        line(canvas, begin, end, 0xE2302C, 4 * size)
    disc(canvas, x + 1.4 * tilt, head + (3 * size if bowed else 0), 6 * size, 0xF0C7A0)
    disc(
        canvas,
        x + 1.4 * tilt - 2 * size,
        head - 2 * size + (3 * size if bowed else 0),
        5.4 * size,
        0x4A2A1C,
    )


def shadow(canvas: Image, x: float, y: float, stride: float) -> None:
    """The wolf: a long black body, four galloping legs, burning eyes."""
    body = y - 36 + 5 * sin(stride)
    for number in range(4):
        hip = x - 48 + 32 * number
        line(canvas, (hip, body), (hip + 26 * sin(stride + 1.3 * number), y), 0x0A0405, 9)
    shape(
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
    disc(canvas, x + 78, body - 24, 3, 0xFFD23F)


def bird(canvas: Image, x: float, y: float, size: float, beat: float) -> None:
    """A bird. beat: radians of its wings."""
    lift = 0.6 * size * sin(beat)
    line(canvas, (x - size, y - lift), (x, y), 0x33304A, 2)
    line(canvas, (x, y), (x + size, y - lift), 0x33304A, 2)


def cloud(canvas: Image, x: float, y: float, size: float, colour: int = 0xFFFFFF) -> None:
    """Three discs."""
    for right, down, share in ((-1.1, 0.25, 0.7), (0.0, 0.0, 1.0), (1.1, 0.2, 0.75)):
        disc(canvas, x + right * size, y + down * size, share * size, colour)


def houses(
    canvas: Image, ground: float, travel: float, seed: int, colours: tuple[int, ...], tall: float
) -> None:
    """A street that has moved ``travel`` pixels to the left. tall: of a usual house."""
    wide = 84
    for number, (tallness, roof, _) in enumerate(scatter(seed, 12)):
        left = (number * wide - travel) % (12 * wide) - wide
        top = ground - tall * (0.65 + 0.5 * tallness)
        colour = colours[number % len(colours)]
        right = left + wide - 2
        shape(canvas, [(left, ground), (left, top), (right, top), (right, ground)], colour)
        peak = top - 16 - 18 * roof
        shape(
            canvas,
            [(left - 4, top), ((left + right) / 2, peak), (right + 4, top)],
            mix(colour, 0x5A2A22, 0.45),
        )
        for row in range(2):
            for column in range(3):
                x, y = left + 12 + 23 * column, top + 12 + 28 * row
                shape(
                    canvas,
                    [(x, y), (x + 12, y), (x + 12, y + 15), (x, y + 15)],
                    mix(colour, 0xFFF3C0, 0.55),
                )


def sea(canvas: Image, top: float, time: float, colours: tuple[int, ...], swell: float) -> None:
    """Bands of waves from ``top`` to the bottom, the near ones larger and faster."""
    x = np.arange(0.0, WIDTH + 17, 16)
    for band, colour in enumerate(colours):
        y = top + (HEIGHT - top) * (band / len(colours)) ** 1.3
        height = swell * (0.6 + 0.35 * band)
        wave = y + height * np.sin(x / (46 + 12 * band) + time * (0.8 + 0.25 * band) + 2.1 * band)
        crest = list(zip(x.tolist(), wave.tolist(), strict=True))
        shape(canvas, [*crest, (WIDTH + 16, HEIGHT), (0, HEIGHT)], colour)


def branch(canvas: Image, x: float, y: float, angle: float, length: float, wide: float) -> None:
    """A branch with its twigs. angle: radians."""
    tip = (x + length * cos(angle), y + length * sin(angle))
    line(canvas, (x, y), tip, 0x1B2033, wide)
    if length > 12:
        for turn in (-0.5, 0.42):
            branch(canvas, *tip, angle + turn, 0.7 * length, max(1.0, 0.62 * wide))


def burst(canvas: Image, centre: Point, age: float, size: float, colour: int) -> None:
    """A rocket that burst ``age`` seconds ago, and reaches ``size`` pixels."""
    x, y = centre
    reach = size * (1 - (1 - min(1.0, age)) ** 3)
    light = max(0.0, 1 - age / 1.7)
    glow(canvas, x, y, round(size / 8) * 10, mix(0, colour, round(0.5 * light, 1)))
    for ray in range(26):
        angle = 2 * pi * ray / 26
        for share, radius in ((1.0, 2.4), (0.72, 1.7), (0.45, 1.2)):
            disc(
                canvas,
                x + share * reach * cos(angle),
                y + share * reach * sin(angle) + 26 * age * age,
                radius * light + 0.4,
                colour,
            )
