"""Shots: drawn places, scenes of the demo film, and parts of real films."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import cos, pi, sin

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.arrays import Image
from engine.benchmarks.cut_films.pictures import HEIGHT, WIDTH, Picture
from engine.video.demo import CUTS, DURATION, draw_frame

Scene = Callable[[float], Picture]
"""The picture of a shot at a time in seconds."""


def draw_scene(
    rng: np.random.Generator, clips: Sequence[Sequence[Image]], calm: float, before: str
) -> tuple[str, Scene]:
    """A shot: of a drawn place, of the demo film, or of a real film; with the name of its source.

    before: the source of the shot before, which would make no cut that one can see.
    """
    while True:
        draw = rng.random()
        if clips and draw < 0.35:
            number = int(rng.integers(len(clips)))
            name, scene = f"clip {number}", _clip(rng, clips[number])
        elif draw < 0.5:
            number = int(rng.integers(len(CUTS) + 1))
            name, scene = f"cartoon {number}", _cartoon(rng, number)
        else:
            name, scene = "", _place(rng, calm)
        if not name or name != before:
            return name, _graded(rng, scene)


def _graded(rng: np.random.Generator, scene: Scene) -> Scene:
    """The scene with another brightness, contrast and colour; some are dark."""
    gain, lift = float(rng.uniform(0.7, 1.1)), float(rng.uniform(0, 12))
    if rng.random() < 0.12:
        gain, lift = float(rng.uniform(0.08, 0.25)), float(rng.uniform(0, 6))
    tint = rng.uniform(0.85, 1.1, 3).astype(np.float32) * np.float32(gain)
    return lambda time: scene(time) * tint + np.float32(lift)


def _clip(rng: np.random.Generator, clip: Sequence[Image]) -> Scene:
    begin, mirrored = float(rng.uniform(0, 0.6)) * len(clip), rng.random() < 0.5
    speed = float(rng.choice([12, 24, 24]))

    def draw(time: float) -> Picture:
        # Backwards from the end on, so that the clip has no cut.
        place = int(begin + speed * time) % (2 * len(clip))
        picture = clip[place if place < len(clip) else 2 * len(clip) - 1 - place]
        return (picture[:, ::-1] if mirrored else picture).astype(np.float32)

    return draw


def _cartoon(rng: np.random.Generator, number: int) -> Scene:
    begins, ends = (0.0, *CUTS), (*CUTS, DURATION)
    begin, length = begins[number], ends[number] - begins[number] - 0.05
    late, mirrored = float(rng.uniform(0, length / 2)), rng.random() < 0.5

    def draw(time: float) -> Picture:
        place = (time + late) % (2 * length)
        drawn = draw_frame(begin + min(place, 2 * length - place))
        small = cv2.resize(drawn, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
        return (small[:, ::-1] if mirrored else small).astype(np.float32)

    return draw


def _place(rng: np.random.Generator, calm: float) -> Scene:
    """A drawn place, a camera, and perhaps things that move. calm: 0 hectic .. 1 still."""
    canvas = _canvas(rng)
    camera = _camera(rng, calm)
    things = [_thing(rng) for _ in range(int(rng.choice([0, 0, 1, 2, 4])))]

    def draw(time: float) -> Picture:
        x, y, zoom = camera(time)
        matrix = np.array(
            [[1 / zoom, 0, x - WIDTH / 2 / zoom], [0, 1 / zoom, y - HEIGHT / 2 / zoom]]
        )
        picture = cv2.warpAffine(
            canvas, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REFLECT_101,
        )  # fmt: skip
        drawn = np.asarray(picture, dtype=np.uint8)
        for thing in things:
            thing(drawn, time)
        return drawn.astype(np.float32)

    return draw


def _canvas(rng: np.random.Generator) -> Image:
    """A picture three times as wide and high as the frame: clouds of colour, shapes, texture."""
    high, wide = 3 * HEIGHT, 3 * WIDTH
    base, spread = rng.uniform(40, 190, 3), float(rng.uniform(15, 70))
    coarse = rng.normal(0, 1, (int(rng.integers(3, 9)), int(rng.integers(4, 14)), 3))
    coarse = coarse.mean(axis=2, keepdims=True) * 1.2 + 0.5 * coarse
    clouds = cv2.resize(coarse.astype(np.float32), (wide, high), interpolation=cv2.INTER_CUBIC)
    canvas = base + spread * clouds
    for _ in range(int(rng.choice([0, 10, 40, 120]))):
        colour = tuple((base + rng.normal(0, 55, 3)).tolist())
        centre = (int(rng.integers(wide)), int(rng.integers(high)))
        size = int(rng.integers(6, 110))
        if rng.random() < 0.5:
            cv2.circle(canvas, centre, size // 2, colour, -1, cv2.LINE_AA)
        else:
            corner = (centre[0] + size, centre[1] + int(size * rng.uniform(0.2, 3)))
            cv2.rectangle(canvas, centre, corner, colour, -1)
    fine = rng.normal(0, float(rng.uniform(0, 14)), (high // 2, wide // 2, 1)).astype(np.float32)
    canvas += cv2.resize(fine, (wide, high))[..., None]
    return np.clip(canvas, 2, 253).astype(np.uint8)


def _camera(rng: np.random.Generator, calm: float) -> Callable[[float], tuple[float, float, float]]:
    """Where the camera looks (x, y on the canvas) and how close, over time."""
    x, y = rng.uniform(1.2, 1.8) * WIDTH, rng.uniform(1.2, 1.8) * HEIGHT
    style = str(rng.choice(["still", "drift", "pan", "zoom", "hand", "whip"]))
    if rng.random() < calm:
        style = str(rng.choice(["still", "drift"]))
    angle, phases = float(rng.uniform(0, 2 * pi)), rng.uniform(0, 6, 6)
    speed = {"drift": rng.uniform(4, 25), "pan": rng.uniform(40, 200)}.get(style, 0.0)
    shake = float(rng.uniform(2, 14)) if style == "hand" else 0.0
    growth = float(rng.uniform(-0.25, 0.25)) if style == "zoom" else 0.0
    whip = (float(rng.uniform(0.3, 3.0)), float(rng.uniform(0.3, 0.8))) if style == "whip" else None

    def look(time: float) -> tuple[float, float, float]:
        way = speed * time
        if whip is not None:
            done = min(1.0, max(0.0, (time - whip[0]) / whip[1]))
            way = 1.2 * WIDTH * done * done * (3 - 2 * done)
        a, b, c, d, e, f = phases.tolist()
        dx = shake * (sin(9 * time + a) + sin(17 * time + b) + 0.5 * sin(31 * time + c))
        dy = shake * (sin(8 * time + d) + sin(19 * time + e) + 0.5 * sin(29 * time + f))
        zoom = float(np.exp(np.clip(growth * time, -0.9, 0.9)))
        return x + way * cos(angle) + dx, y + way * sin(angle) + dy, zoom

    return look


def _thing(rng: np.random.Generator) -> Callable[[NDArray[np.uint8], float], None]:
    """A disc or a figure that crosses the picture to and fro."""
    colour = tuple(rng.uniform(0, 255, 3).tolist())
    size, speed = int(rng.integers(8, 70)), float(rng.uniform(10, 260))
    phase, y = float(rng.uniform(0, 800)), float(rng.uniform(0.2, 0.9)) * HEIGHT
    tall = float(rng.uniform(0.6, 2.5))

    def draw(picture: NDArray[np.uint8], time: float) -> None:
        span = WIDTH + 4 * size
        way = (phase + speed * time) % (2 * span)
        x = min(way, 2 * span - way) - 2 * size
        up = y + 5 * sin(4 * time + phase)
        axes = (size, int(size * tall))
        cv2.ellipse(picture, (int(x), int(up)), axes, 0, 0, 360, colour, -1, cv2.LINE_AA)

    return draw
