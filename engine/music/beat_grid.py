"""Beats and bars in steps: where a planned piece may place its onsets.

A planned piece is composed at a tempo whose beats are multiples of 32 ms. So a sixteenth is a whole
number of 8 ms steps, and nothing is rounded. At multiples of 96 ms this holds for triplets too.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.arrays import Ints, Logits
from engine.music import vocabulary as voc
from engine.music.vocabulary import to_seconds, to_steps

SIXTEENTHS, TRIPLETS = 4, 3
"""Parts of a quarter note: of straight sixteenths, and of eighth triplets."""


@dataclass(frozen=True)
class BeatGrid:
    """Bars of whole quarter notes from step 0 on.

    quarter: steps of a quarter note. bars: quarter notes of each bar; the last length goes on.
    parts: into how many equal parts a quarter note divides; each must be a whole number of steps.

    Raises ValueError where a part is no whole number of steps, or a bar has no beat.
    """

    quarter: int
    bars: tuple[int, ...]
    parts: int = SIXTEENTHS

    def __post_init__(self) -> None:
        if self.quarter < 1 or self.quarter % self.parts:
            raise ValueError(f"a quarter of {self.quarter} steps has no {self.parts} equal parts")
        if not self.bars or min(self.bars) < 1:
            raise ValueError("bars must have one quarter note or more")

    @cached_property
    def _lines(self) -> Ints:
        """The bar lines of the given bars, in steps."""
        return np.cumsum([0, *self.bars]) * self.quarter

    def bar_after(self, step: int) -> int:
        """The first bar line after a step."""
        lines = self._lines
        if step < lines[-1]:
            return int(lines[np.searchsorted(lines, step, "right")])
        length = self.bars[-1] * self.quarter
        return int(lines[-1]) + ((step - int(lines[-1])) // length + 1) * length

    def is_bar(self, step: int) -> bool:
        """Whether a bar begins at a step."""
        return step == 0 or self.bar_after(step - 1) == step

    def shifts(self, step: int) -> Logits:
        """The bias of the TIMESHIFTs [125] at a step.

        It is minus infinity for shifts that lead off the grid, or beyond the next bar line.
        """
        part = self.quarter // self.parts
        bias = np.full(voc.MAX_SHIFT, -np.inf, np.float32)
        last = min(self.bar_after(step) - step, voc.MAX_SHIFT)
        first = part - step % part
        bias[first - 1 : last : part] = 0
        return bias

    def nearest(self, seconds: float) -> float:
        """The time of the grid that is nearest to a time; both in seconds."""
        part = self.quarter // self.parts
        return to_seconds(round(to_steps(seconds) / part) * part)
