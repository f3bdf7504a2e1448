"""Draws films whose arousal is known, for the reading of emotion.

The scenes are those of the demo film, with a sound of effects for each. ``CALM_FIRST`` orders them
as we would: it is an annotation by hand, not a figure of a study.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

from engine.arrays import Floats, Image, Samples
from engine.video.demo import CUTS, FPS, draw_frame
from engine.video.sound import SOUND_RATE
from engine.video.writer import write_film

CALM_FIRST = ("grief", "dawn", "lighthouse", "town", "fireworks", "storm", "chase")
"""The scenes by the arousal that a viewer would give them."""

_ORDER = ("dawn", "town", "storm", "lighthouse", "chase", "grief", "fireworks")
_BEGINS = dict(zip(_ORDER, (0.0, *CUTS), strict=True))
_LASTS = dict(zip(_ORDER, np.diff([0.0, *CUTS, 32.0]).tolist(), strict=True))
_LEVEL = {
    "grief": -46, "dawn": -34, "lighthouse": -28, "town": -24, "fireworks": -14, "storm": -10,
    "chase": -14,
}  # fmt: skip
"""Of the sound, in decibels of full scale."""
_BANGS = {"fireworks": 1.5, "storm": 0.5, "chase": 4.0, "town": 0.7}
"""Loud events a second: shots, thunder, steps, bells."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A shot of a scene. pace: how fast it goes, as a factor. seconds: how long it lasts."""

    scene: str
    pace: float
    seconds: float


@dataclass(frozen=True, slots=True)
class DrawnFilm:
    """A film to draw. scenes: the shots of each."""

    name: str
    scenes: tuple[tuple[Shot, ...], ...]

    @property
    def borders(self) -> tuple[float, ...]:
        """The times at which one scene gives way to the next."""
        lengths = [sum(shot.seconds for shot in shots) for shots in self.scenes]
        return tuple(np.cumsum(lengths)[:-1].tolist())

    @property
    def duration(self) -> float:
        """In seconds."""
        return sum(shot.seconds for shots in self.scenes for shot in shots)

    @property
    def ranks(self) -> tuple[int, ...]:
        """The arousal of each scene as a viewer would order them."""
        return tuple(CALM_FIRST.index(shots[0].scene) for shots in self.scenes)


def scene(name: str, seconds: float, pace: float = 1.0, shot: float = 60.0) -> tuple[Shot, ...]:
    """A scene as shots of about ``shot`` seconds each."""
    count = max(1, round(seconds / shot))
    return tuple(Shot(name, pace, seconds / count) for _ in range(count))


def unlike_films(seconds: float = 12.0) -> tuple[DrawnFilm, ...]:
    """Twenty films of one scene, slow and long, as it is, or fast and cut often."""
    paces = ((0.3, 60.0), (1.0, 4.0), (2.0, 1.5))
    films = (
        DrawnFilm(f"{name} at {pace:g}", (scene(name, seconds, pace, shot),))
        for (pace, shot), name in product(paces, CALM_FIRST)
    )
    # Grief that runs is none.
    return tuple(film for film in films if film.name != "grief at 2")


def arcs(seconds: float = 8.0) -> tuple[DrawnFilm, ...]:
    """Five films of several scenes each."""
    orders = (
        ("dawn", "town", "storm", "grief"),
        ("grief", "lighthouse", "chase", "dawn", "fireworks"),
        ("storm", "dawn", "chase", "grief", "town"),
        ("town", "fireworks", "grief", "lighthouse", "storm", "dawn"),
        ("chase", "lighthouse", "dawn", "fireworks", "grief", "storm", "town"),
    )
    # A scene is cut as often as an editor would.
    shots = {"chase": 2.0, "storm": 3.0, "fireworks": 3.0, "town": 4.0}
    return tuple(
        DrawnFilm(
            " - ".join(order),
            tuple(scene(name, seconds, shot=shots.get(name, 60.0)) for name in order),
        )
        for order in orders
    )


def draw(film: DrawnFilm, path: Path, silent: bool = False) -> None:
    """Draw a film into an MP4 file. silent: without a track of sound."""
    sound = None if silent else _sound(film)
    write_film(path, _pictures(film), FPS, sound)


def _pictures(film: DrawnFilm) -> Iterator[Image]:
    for shots in film.scenes:
        for number, shot in enumerate(shots):
            lasts = _LASTS[shot.scene] - 0.05
            for frame in range(round(shot.seconds * FPS)):
                # Forth and back, since no scene of the demo lasts as long.
                turned = (number + frame / FPS * shot.pace) % (2 * lasts)
                time = min(turned, 2 * lasts - turned)
                image = draw_frame(_BEGINS[shot.scene] + max(0.0, time))
                # Every other shot is from the other side, so that each cut is one.
                yield np.ascontiguousarray(image[:, ::-1]) if number % 2 else image


def _sound(film: DrawnFilm) -> Samples:
    dice = np.random.default_rng(0)
    parts: list[Floats] = []
    for shots in film.scenes:
        scene, pace = shots[0].scene, shots[0].pace
        count = round(sum(shot.seconds for shot in shots) * SOUND_RATE)
        # Noise with more weight below, as wind and water have.
        noise = np.convolve(dice.normal(size=count), np.ones(12) / 12**0.5, "same")
        level = np.full(count, 0.3 if scene in _BANGS else 1.0)
        times = np.arange(0, count, round(SOUND_RATE / (_BANGS.get(scene, 1e-6) * pace)))
        decay = np.exp(-np.arange(SOUND_RATE) / (0.12 * SOUND_RATE))
        for time in times if scene in _BANGS else ():
            end = min(count, int(time) + SOUND_RATE)
            level[int(time) : end] += 3 * decay[: end - int(time)]
        parts.append(10 ** (_LEVEL[scene] / 20) * level * noise)
    return np.clip(np.concatenate(parts), -1, 1).astype(np.float32)
