"""The scenes of the demo film, each a picture at a time in seconds from its start."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import cos, pi, sin

import cv2
import numpy as np

from engine.arrays import Image
from engine.video.cartoon.canvas import HEIGHT, WIDTH, disc, glow, line, scatter, shape, sky
from engine.video.cartoon.figures import (
    bird,
    boat,
    branch,
    burst,
    cloud,
    girl,
    houses,
    sea,
    shadow,
)

FLASH = 2 / 24
"""Seconds of lightning: two frames of the film."""


def _dawn(time: float) -> Image:
    canvas = sky(0x2B2F63, 0xB4698F, 0xFFB37A, 0xFFE3B0)
    sun = 235 - 11 * time
    glow(canvas, 430, sun, 210, 0x99663A)
    disc(canvas, 430, sun, 34, 0xFFF3CF)
    for number in range(4):
        x = 110 + 60 * number + 9 * time
        bird(canvas, x, 90 + 13 * (number % 3), 9, time * 5 + number)
    sea(canvas, 232, time, (0xC8788A, 0x9A5F8C, 0x6C4C80, 0x453A69, 0x2B2A50), 3)
    for row in range(14):
        width = 8 + 5 * row + 5 * sin(3 * time + 2 * row)
        y = 240 + 8 * row
        line(canvas, (430 - width, y), (430 + width, y), 0xFFD9A0, 1)
    boat(canvas, 170 + 22 * time, 262 + 3 * sin(1.7 * time), 0.05 * sin(1.3 * time), 1.25)
    return canvas


def _town(time: float) -> Image:
    canvas = sky(0x4FB4F0, 0x9BD9FA, 0xE8F8FF, 0xFFFDE8)
    glow(canvas, 540, 60, 120, 0x665F38)
    disc(canvas, 540, 60, 28, 0xFFF6BE)
    for x, y, size in scatter(1, 5):
        cloud(canvas, (x * 900 - 10 * time) % 800 - 80, 30 + 70 * y, 14 + 12 * size)
    houses(canvas, 262, 26 * time, 2, (0xA9CFE3, 0xBFD9D2, 0xD6D8E6, 0xC4D2EE), 74)
    houses(canvas, 296, 70 * time, 3, (0xF48B6A, 0xF9C65C, 0x7CC6A4, 0xE77E9B, 0x7EA7E8), 104)
    shape(canvas, [(0, 294), (WIDTH, 294), (WIDTH, HEIGHT), (0, HEIGHT)], 0xE9D3A5)
    for number in range(12):
        x = (number * 75 - 110 * time) % 900 - 100
        line(canvas, (x, 318), (x + 34, 318), 0xD8BE8A, 3)
    girl(canvas, 290 + 8 * sin(time), 338, 8 * time, 1.5)
    for number in range(3):
        x = 120 + 190 * number + 46 * time
        bird(canvas, x % 720 - 40, 120 - 22 * number + 9 * sin(2 * time + number), 11, 9 * time)
    return canvas


def _storm(time: float) -> Image:
    canvas = sky(0x0D1119, 0x1B2530, 0x2F3E49, 0x43545B)
    flash = any(0 <= time - lightning < FLASH for lightning in (1.5, 3.5))
    for x, y, size in scatter(4, 16):
        cloud(canvas, (x * 900 + 90 * time) % 860 - 110, 5 + 75 * y, 26 + 30 * size, 0x1C242C)
    if flash:
        cv2.addWeighted(canvas, 0.45, np.full_like(canvas, 235), 0.55, 0, canvas)
        x = 200 + 60 * time
        bolt = [(x, 40), (x - 22, 105), (x + 8, 112), (x - 26, 190), (x - 6, 194), (x - 34, 248)]
        for begin, end in pairwise(bolt):
            line(canvas, begin, end, 0xFFFFFF, 4)
    sea(canvas, 226, 2.6 * time, (0x36474F, 0x2A3A43, 0x1F2D36, 0x15212A, 0x0C151C), 17)
    roll = 0.42 * sin(2.9 * time)
    boat(canvas, 300 + 40 * sin(0.9 * time), 256 + 20 * sin(2.3 * time), roll, 1.15)
    sea(canvas, 298, 3.4 * time + 2, (0x15212A, 0x0C151C), 14)
    for x, y, speed in scatter(5, 170):
        fall = (y * HEIGHT + (620 + 380 * speed) * time) % (HEIGHT + 40) - 20
        left = (x * 760 - 0.35 * fall) % 760 - 60
        line(canvas, (left, fall), (left - 7, fall + 20), 0x8FA3AD, 1)
    return canvas


def _lighthouse(time: float) -> Image:
    canvas = sky(0x071426, 0x0D2038, 0x173351, 0x27496B)
    angle = -2.5 + 1.5 * time
    beam = canvas.copy()
    for side in (0.0, pi):
        far = [
            (320 + 800 * cos(angle + side + w), 96 + 800 * sin(angle + side + w))
            for w in (-0.13, 0.13)
        ]
        shape(beam, [(320, 96), *far], 0xFFE9A8)
    cv2.addWeighted(beam, 0.55, canvas, 0.45, 0, canvas)
    shape(canvas, [(268, HEIGHT), (292, 120), (348, 120), (372, HEIGHT)], 0xE9E4DA)
    for row in range(3):
        top = 150 + 80 * row
        edge = 0.1 * (top - 120)
        shape(
            canvas,
            [(292 - edge, top), (348 + edge, top), (352 + edge, top + 40), (288 - edge, top + 40)],
            0xB8322E,
        )
    shape(canvas, [(284, 120), (284, 112), (356, 112), (356, 120)], 0x2A2F3A)
    shape(canvas, [(298, 112), (298, 76), (342, 76), (342, 112)], 0xFFF2C4)
    shape(canvas, [(290, 78), (320, 50), (350, 78)], 0xB8322E)
    glow(canvas, 320, 96, 130, 0xB39A60)
    return canvas


def _chase(time: float) -> Image:
    canvas = sky(0x2A0E12, 0x5C1A17, 0x9A2F1C, 0xD9602A)
    disc(canvas, 470, 120, 52, 0xF2B25A)
    for layer, (speed, colour) in enumerate(((150, 0x5A1D18), (330, 0x34110F), (640, 0x150708))):
        for x, y, size in scatter(10 + layer, 9):
            left = (x * 900 - speed * time) % 900 - 130
            wide = (10 + 9 * size) * (1 + 0.6 * layer)
            shape(
                canvas,
                [(left, 0), (left + wide, 0), (left + 1.3 * wide, 330), (left - 0.3 * wide, 330)],
                colour,
            )
            line(canvas, (left, 90 + 90 * y), (left - 50, 40 + 90 * y), colour, 4 + 2 * layer)
        if layer == 1:
            shape(canvas, [(0, 318), (WIDTH, 312), (WIDTH, HEIGHT), (0, HEIGHT)], 0x1C0A0A)
            girl(canvas, 400 + 18 * sin(2 * time), 326, 17 * time, 1.35)
            shadow(canvas, 130 + 26 * time, 326, 15 * time)
    return canvas


def _grief(time: float) -> Image:
    canvas = sky(0x060A18, 0x0D1730, 0x1A2A4A, 0x2C3D5F)
    for x, y, size in scatter(20, 60):
        disc(canvas, x * WIDTH, y * 220, 0.5 + size, 0x9FB0CC)
    glow(canvas, 140, 84, 120, 0x2E3A52)
    disc(canvas, 140, 84, 26, 0xDDE6F2)
    hill = [(x, 300 - 44 * sin(pi * x / WIDTH)) for x in range(0, WIDTH + 1, 16)]
    shape(canvas, [*hill, (WIDTH, HEIGHT), (0, HEIGHT)], 0x8495B4)
    branch(canvas, 430, 266, -pi / 2 + 0.1, 62, 7)
    shape(
        canvas, [(338, 262), (338, 240), (344, 232), (354, 232), (360, 240), (360, 262)], 0x59667F
    )
    girl(canvas, 300, 262, 0.0, 1.15, bowed=True)
    for x, y, size in scatter(21, 90):
        fall = (y * HEIGHT + (18 + 22 * size) * time) % HEIGHT
        disc(canvas, x * WIDTH + 7 * sin(time + 9 * y), fall, 0.8 + 1.3 * size, 0xD5DEEB)
    return canvas


def _fireworks(time: float) -> Image:
    canvas = sky(0x180F4A, 0x3A1B73, 0x7A2F8F, 0xE0709A)
    colours = (0xFFD84D, 0xFF6B6B, 0x6BE5FF, 0x9CFF7A, 0xFF9CF0, 0xFFFFFF)
    for number, (x, y, size) in enumerate(scatter(30, 15)):
        age = time - 0.36 * number + 0.5
        centre = (70 + 500 * x, 45 + 110 * y)
        if -0.6 < age < 0:
            disc(canvas, centre[0], centre[1] - 300 * age, 2.2, 0xFFE9B0)
        if 0 <= age < 1.7:
            burst(canvas, centre, age, 70 + 50 * size, colours[number % len(colours)])
    houses(canvas, 262, 0, 31, (0x2A1653, 0x33205F, 0x241048), 52)
    sea(canvas, 258, time, (0x7A3A8C, 0x552C7C, 0x3A2168, 0x251650), 3)
    for x, y, size in scatter(32, 12):
        left, top = x * WIDTH + 6 * sin(time + 5 * x), 300 - 260 * ((y + 0.09 * time) % 1)
        glow(canvas, left, top, 16, 0x7A4A1E)
        disc(canvas, left, top, 2.5 + 2 * size, 0xFFC46B)
    boat(canvas, 190 + 20 * time, 282 + 3 * sin(2 * time), 0.06 * sin(1.6 * time), 1.35)
    return canvas


SCENES: tuple[Callable[[float], Image], ...] = (
    _dawn,
    _town,
    _storm,
    _lighthouse,
    _chase,
    _grief,
    _fireworks,
)
