"""What nobody asked of a piece, drawn as songs have it.

Left to choose, the network plays on from moment to moment and hardly comes back to anything; told
how much of its music returns and how long its notes are, it keeps to that. So a piece begins by
drawing both, and its density, from what songs of its emotion are like. (Ours.)
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from engine.music.conditions import COUNTED, Conditions, said


@dataclass(frozen=True, slots=True)
class Trait:
    """A normal distribution whose mean is ``usual + valence * bright + arousal * excited``, where
    unknown emotion counts as 0; values lie within lowest..highest."""

    usual: float
    bright: float
    excited: float
    spread: float
    lowest: float
    highest: float

    def value(self, valence: float, arousal: float, draw: float) -> float:
        """Of a piece of this emotion, ``draw`` standard deviations above the mean."""
        bright, excited = (0.0 if math.isnan(x) else x for x in (valence, arousal))
        mean = self.usual + self.bright * bright + self.excited * excited
        return min(max(mean + self.spread * draw, self.lowest), self.highest)


TRAITS = {
    "density": Trait(1.05, 0.81, 0.32, 0.53, -1.0, 2.5),
    "repetition": Trait(0.33, 0.10, 0.34, 0.32, -0.4, 0.9),
    "note_length": Trait(-0.04, -0.95, -0.62, 0.74, -2.0, 1.7),
}
"""Of the conditions ``COUNTED``, as the network reads them: least squares over windows of 1,016
tokens from 2,500 training songs of three or more families."""


@dataclass(frozen=True, slots=True)
class Character:
    """How far a piece is from the usual: standard deviations, one for each of ``COUNTED``."""

    draws: tuple[float, ...]

    @staticmethod
    def draw(rng: np.random.Generator) -> Character:
        """Another piece's."""
        return Character(tuple(rng.standard_normal(len(COUNTED)).tolist()))

    def fill(self, conditions: Conditions) -> Conditions:
        """The conditions with those of ``COUNTED`` that were unknown."""
        drawn = {
            name: TRAITS[name].value(conditions.valence, conditions.arousal, draw)
            for name, draw in zip(COUNTED, self.draws, strict=True)
            if math.isnan(getattr(conditions, name))
        }
        return replace(conditions, **{name: said(name, at) for name, at in drawn.items()})
