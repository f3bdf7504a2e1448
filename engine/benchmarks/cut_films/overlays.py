"""What is drawn over a film and is no cut: flashes, strobes, light, titles, bars and grain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from math import pi, sin

import cv2
import numpy as np

from engine.benchmarks.cut_films.joints import Truth
from engine.benchmarks.cut_films.pictures import HEIGHT, WIDTH, Picture

Overlay = Callable[[int, Picture], Picture]


def draw_overlays(
    rng: np.random.Generator,
    suite: str,
    frames: int,
    fps: float,
    truth: Sequence[Truth],
    grey: bool,
) -> tuple[Overlay, ...]:
    """What lies over the whole film: bars, grain, titles, flashes and the like."""
    found: list[Overlay] = []
    often = {"no cuts": 1.0, "all kinds": 0.35, "hard cuts": 0.5}[suite]
    if rng.random() < often:
        found.append(_titles(rng, frames, fps))
    for draw in (_flashes, _strobe, _light):
        if rng.random() < often:
            found.append(draw(rng, frames, fps, truth))
    if rng.random() < 0.3:
        found.append(_bars(float(rng.uniform(0.08, 0.16))))
    if grey:
        found.append(lambda _, picture: np.repeat(picture.mean(axis=2, keepdims=True), 3, axis=2))
    if rng.random() < 0.5:
        found.append(_grain(int(rng.integers(2**31)), float(rng.uniform(1, 9))))
    return tuple(found)


def _apart(rng: np.random.Generator, frames: int, fps: float, truth: Sequence[Truth]) -> int:
    """A random frame a third of a second or more from any transition."""
    while True:
        place = int(rng.integers(round(fps / 2), frames - round(fps / 2)))
        near = 0.35 * fps
        if all(place < each.start - near or place > each.end + near for each in truth):
            return place
        if rng.random() < 0.01:
            return -1


def _flashes(rng: np.random.Generator, frames: int, fps: float, truth: Sequence[Truth]) -> Overlay:
    """Flashes of a few frames, some of a part of the picture."""
    lit: dict[int, tuple[float, float]] = {}
    for _ in range(int(rng.integers(2, 10))):
        begin = _apart(rng, frames, fps, truth)
        strength, part = float(rng.uniform(0.25, 1.0)), float(rng.choice([1.0, 1.0, 0.6]))
        for step in range(max(1, round(fps * float(rng.choice([0.04, 0.08, 0.12]))))):
            lit[begin + step] = (strength * 0.8**step, part)

    def draw(number: int, picture: Picture) -> Picture:
        if number not in lit:
            return picture
        strength, part = lit[number]
        picture = picture.copy()
        shone = picture[:, : int(part * WIDTH)]
        shone += np.float32(strength) * (255 - shone)
        return picture

    return draw


def _strobe(rng: np.random.Generator, frames: int, fps: float, truth: Sequence[Truth]) -> Overlay:
    """Half a second of light that goes on and off every few frames."""
    begin = _apart(rng, frames, fps, truth)
    period, gain = int(rng.choice([2, 3, 4])) * (1 + (fps > 40)), float(rng.choice([0.3, 1.9]))
    last = begin + round(fps * 0.5)
    nearest = min((each.start for each in truth if each.start >= begin), default=frames)

    def draw(number: int, picture: Picture) -> Picture:
        lit = begin <= number < min(last, nearest - round(fps / 4))
        return picture * np.float32(gain) if lit and number % period < period / 2 else picture

    return draw


def _light(rng: np.random.Generator, frames: int, fps: float, truth: Sequence[Truth]) -> Overlay:
    """Light that slowly brightens and darkens, as clouds and automatic exposure do."""
    period, depth = float(rng.uniform(2, 9)), float(rng.uniform(0.1, 0.35))
    phase = float(rng.uniform(0, 6))
    return lambda number, picture: (
        picture * np.float32(1 - depth + depth * sin(2 * pi * number / fps / period + phase))
    )


def _titles(rng: np.random.Generator, frames: int, fps: float) -> Overlay:
    """A title or a subtitle that appears, changes and goes, at once or softly."""
    low = rng.random() < 0.6
    size, thick = (0.6, 1) if low else (1.4, 3)
    y = int(HEIGHT * (0.9 if low else 0.55))
    period, shown = round(fps * float(rng.uniform(1.0, 3.0))), float(rng.uniform(0.5, 1.0))
    soft = float(rng.choice([1e-9, 0.3])) * fps

    @cache
    def text(number: int) -> Picture:
        letters = np.random.default_rng([number, y]).integers(97, 123, 18 if low else 9)
        image = np.zeros((HEIGHT, WIDTH), np.uint8)
        line = "".join(map(chr, letters.tolist()))
        font = cv2.FONT_HERSHEY_SIMPLEX
        cv2.putText(image, line, (24, y), font, size, 255, thick, cv2.LINE_AA)
        return np.asarray(image[..., None] / 255, dtype=np.float32)

    def draw(number: int, picture: Picture) -> Picture:
        line, place = divmod(number, period)
        end = shown * period
        alpha = min(1.0, (place + 1) / max(1.0, soft), max(0.0, (end - place) / max(1.0, soft)))
        return picture + np.float32(alpha) * text(line) * (250 - picture) if alpha > 0 else picture

    return draw


def _bars(share: float) -> Overlay:
    high = round(share * HEIGHT)

    def draw(_: int, picture: Picture) -> Picture:
        picture = picture.copy()
        picture[:high] = picture[HEIGHT - high :] = 0
        return picture

    return draw


def _grain(seed: int, sigma: float) -> Overlay:
    """Noise, another in each frame."""
    drawn = np.random.default_rng(seed).normal(0, sigma, (HEIGHT + 64, WIDTH + 64, 1))
    noise = drawn.astype(np.float32)

    def draw(number: int, picture: Picture) -> Picture:
        y, x = 7919 * number % 64, 104729 * number // 64 % 64
        return np.asarray(picture + noise[y : y + HEIGHT, x : x + WIDTH])

    return draw
