"""The films themselves: shots in a row, joined and drawn over, from a seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from engine.arrays import Image
from engine.benchmarks.cut_films.joints import Joint, Truth, draw_joint
from engine.benchmarks.cut_films.overlays import Overlay, draw_overlays
from engine.benchmarks.cut_films.pictures import HEIGHT, WIDTH, Picture
from engine.benchmarks.cut_films.scenes import Scene, draw_scene

TUNING = (*range(123), *range(124, 420, 3))
"""From 124 on, films of all kinds only."""

REPORTED = range(2000, 2072)

RATES = (23.976, 24.0, 25.0, 29.97, 30.0, 50.0, 59.94, 60.0)

CODECS = ("mp4v", "mp4v", "MJPG", "XVID")

SUITES = ("hard cuts", "all kinds", "no cuts")
"""What a film has: hard cuts only, transitions of all kinds, or none. Seeds take turns."""


@dataclass(frozen=True, slots=True)
class MadeFilm:
    """What a seed draws. frames: how many; suite: one of ``SUITES``."""

    seed: int
    suite: str
    fps: float
    codec: str
    frames: int
    truth: tuple[Truth, ...]
    _shots: tuple[tuple[Scene, int], ...]
    _joints: tuple[Joint, ...]
    _overlays: tuple[Overlay, ...]

    def pictures(self) -> Iterator[Image]:
        """The frames, drawn one by one: BGR uint8 [HEIGHT, WIDTH, 3]."""
        joint = 0
        for number in range(self.frames):
            while joint < len(self._joints) and number >= self._joints[joint].end:
                joint += 1
            picture = self._drawn(number, joint)
            for overlay in self._overlays:
                picture = overlay(number, picture)
            yield np.clip(picture, 0, 255).astype(np.uint8)

    def write(self, folder: Path) -> Path:
        """Write the film into ``folder``; returns its path."""
        path = folder / f"{self.seed}.{'mp4' if self.codec == 'mp4v' else 'avi'}"
        code = cv2.VideoWriter.fourcc(*self.codec)
        writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, code, self.fps, (WIDTH, HEIGHT))
        for picture in self.pictures():
            writer.write(picture)
        writer.release()
        return path

    def _drawn(self, number: int, joint: int) -> Picture:
        """Frame ``number`` without overlays; ``joint`` is the one that it lies before or in."""
        if joint == len(self._joints) or number < self._joints[joint].start:
            return self._shot(joint, number)
        return self._joints[joint].mix(
            number, lambda: self._shot(joint, number), lambda: self._shot(joint + 1, number)
        )

    def _shot(self, index: int, number: int) -> Picture:
        scene, begins = self._shots[index]
        return scene((number - begins) / self.fps)


def make_film(seed: int, clips: Sequence[Sequence[Image]] = ()) -> MadeFilm:
    """The film of a seed. clips: shots of real films, as frames [HEIGHT, WIDTH, 3]."""
    rng = np.random.default_rng(seed)
    suite = SUITES[seed % len(SUITES)]
    fps = float(rng.choice(RATES))
    grey, scale = rng.random() < 0.15, 60 / (1 + (fps > 40))
    shots: list[tuple[Scene, int]] = []
    joints: list[Joint] = []
    place, free, source = 0, 0, ""
    calm = rng.random()
    while place < scale * fps:
        source, scene = draw_scene(rng, clips, calm, source)
        shots.append((scene, place))
        length = fps * float(rng.choice([0.6, 1.0, 1.6, 2.5, 4.0, 6.0]) * rng.uniform(0.9, 1.3))
        joint = draw_joint(rng, suite, free + round(length), fps)
        if suite == "no cuts":
            place = free = round(scale * fps / 2)
            break
        joints.append(joint)
        place, free = joint.start, joint.end
    shots.append((draw_scene(rng, clips, calm, source)[1], place))
    frames = free + round(1.5 * fps)
    if suite == "no cuts":
        shots.pop()
    truth = tuple(joint.truth for joint in joints)
    overlays = draw_overlays(rng, suite, frames, fps, truth, grey)
    return MadeFilm(
        seed, suite, fps, str(rng.choice(CODECS)), frames, truth, tuple(shots), tuple(joints),
        overlays,
    )  # fmt: skip
