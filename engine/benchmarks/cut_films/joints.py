"""Joints of shots: cuts, dissolves and fades, drawn from the two shots that they join."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, pi

import numpy as np

from engine.benchmarks.cut_films.pictures import HEIGHT, WIDTH, Picture


@dataclass(frozen=True, slots=True)
class Truth:
    """One transition of a made film.

    kind: ``cut``, ``dissolve`` or ``fade``. variety: how it was made, such as ``blended frame``.
    start: the first frame that is not purely the old shot. end: the first frame that is purely the
    new one. A hard cut has ``start == end``.
    """

    kind: str
    variety: str
    start: int
    end: int


Curve = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Joint:
    """A transition that can be drawn.

    out, hold, into: frames that fade out, that show ``colour`` alone, that fade in. A dissolve has
    ``out`` only. A mixed frame between two shots has the share ``share`` of the new one; with
    ``fields``, every other line is of the new shot.
    """

    truth: Truth
    curve: Curve
    out: int
    hold: int = 0
    into: int = 0
    colour: float | None = None
    linear: bool = False
    share: float = 0.0
    fields: bool = False

    @property
    def start(self) -> int:
        """The first frame that is not purely the old shot."""
        return self.truth.start

    @property
    def end(self) -> int:
        """The first frame after the joint."""
        return self.start + self.out + self.hold + self.into

    def mix(self, number: int, old: Callable[[], Picture], new: Callable[[], Picture]) -> Picture:
        """Frame ``number`` of the film. old, new: draw this frame of either shot."""
        step = number - self.start
        if self.fields:
            picture = old().copy()
            picture[1::2] = new()[1::2]
            return picture
        if self.colour is None:
            share = self.share or self.curve((step + 1) / (self.out + 1))
            return self._blend(old(), new(), share)
        flat = np.full((HEIGHT, WIDTH, 3), self.colour, np.float32)
        if step < self.out:
            return self._blend(old(), flat, self.curve((step + 1) / (self.out + 1)))
        if step < self.out + self.hold:
            return flat
        done = step - self.out - self.hold
        return self._blend(new(), flat, self.curve(1 - (done + 1) / (self.into + 1)))

    def _blend(self, old: Picture, new: Picture, share: float) -> Picture:
        if not self.linear:
            return old + np.float32(share) * (new - old)
        # As light adds up, not as code values do.
        light = (1 - share) * (old / 255) ** 2.2 + share * (new / 255) ** 2.2
        return np.asarray(255 * light ** (1 / 2.2), dtype=np.float32)


def draw_joint(rng: np.random.Generator, suite: str, at: int, fps: float) -> Joint:
    """A transition that begins at frame ``at``."""

    def frames(low: float, high: float) -> int:
        return max(2, round(fps * float(np.exp(rng.uniform(np.log(low), np.log(high))))))

    curve = _CURVES[int(rng.integers(len(_CURVES)))]
    kind = "cut" if suite == "hard cuts" else str(rng.choice(["cut", "dissolve", "fade"]))
    if kind == "dissolve":
        length = frames(0.25, 2.5)
        truth = Truth(kind, "dissolve", at, at + length)
        return Joint(truth, curve, length, linear=rng.random() < 0.3)
    if kind == "fade":
        white = rng.random() < 0.2
        out, into = frames(0.15, 1.5), frames(0.15, 1.5)
        hold = int(fps * rng.choice([0, 0.1, 0.4, 1.0])) + 1
        truth = Truth(
            kind, "through white" if white else "through black", at, at + out + hold + into
        )
        colour = float(rng.uniform(245, 255) if white else rng.uniform(0, 16))
        return Joint(truth, curve, out, hold, into, colour)
    variety = str(rng.choice(["plain", "plain", "plain", "blended frame", "between fields"]))
    if variety == "plain":
        return Joint(Truth("cut", variety, at, at), curve, 0)
    if variety == "blended frame":
        share = float(rng.uniform(0.2, 0.8))
        return Joint(Truth("cut", variety, at, at + 1), curve, 1, share=share)
    return Joint(Truth("cut", variety, at, at + 1), curve, 1, fields=True)


_CURVES: tuple[Curve, ...] = (
    lambda x: x,
    lambda x: x,
    lambda x: x * x * (3 - 2 * x),
    lambda x: 0.5 - 0.5 * cos(pi * x),
    lambda x: x**1.6,
    lambda x: 1 - (1 - x) ** 1.6,
)
