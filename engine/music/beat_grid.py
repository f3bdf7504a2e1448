"""Beats and bars in steps: where a planned piece may place its onsets.

A planned piece is composed at a tempo whose beats divide into whole steps of 8 ms. So nothing is
rounded. Its notes are carried to film time afterwards (:mod:`engine.plan.timing`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.arrays import Ints, Logits
from engine.music import vocabulary as voc
from engine.music.vocabulary import to_seconds, to_steps

_NEVER = -np.inf
STRAIGHT = (0.0, 0.0, 0.0, 0.0)
"""Sixteenths of a quarter note."""
TRIPLET = (0.0, 0.0, 0.0)
"""Eighth triplets of a quarter note."""
SWING = (0.0, _NEVER, 0.0)
"""Eighths of a quarter note, the second one late: two to one."""
DOTTED = (0.0, -3.0, -1.5, -3.0, -1.5, -3.0)
"""Sixteenths of a dotted quarter. Without these biases twelve sixteenths count as four beats of
three, since most music has four beats."""


@dataclass(frozen=True)
class BeatGrid:
    """Bars of whole beats from step 0 on.

    beat: steps of a beat. bars: beats of each bar; the last length goes on. biases: for each equal
    part of a beat, the bias in nats of an onset there; each part must be a whole number of steps.

    Raises ValueError where a part is no whole number of steps, or a bar has no beat.
    """

    beat: int
    bars: tuple[int, ...]
    biases: tuple[float, ...] = STRAIGHT

    def __post_init__(self) -> None:
        if self.beat < 1 or self.beat % len(self.biases):
            raise ValueError(
                f"a beat of {self.beat} steps does not divide into {len(self.biases)} parts"
            )
        if not self.bars or min(self.bars) < 1:
            raise ValueError("bars must have one beat or more")

    @property
    def part(self) -> int:
        """Steps of the smallest part of a beat."""
        return self.beat // len(self.biases)

    @cached_property
    def _lines(self) -> Ints:
        """The bar lines of the given bars, in steps."""
        return np.cumsum([0, *self.bars]) * self.beat

    def bar_after(self, step: int) -> int:
        """The first bar line after a step."""
        lines = self._lines
        if step < lines[-1]:
            return int(lines[np.searchsorted(lines, step, "right")])
        length = self.bars[-1] * self.beat
        return int(lines[-1]) + ((step - int(lines[-1])) // length + 1) * length

    def is_bar(self, step: int) -> bool:
        """Whether a bar begins at a step."""
        return step == 0 or self.bar_after(step - 1) == step

    def is_beat(self, step: int) -> bool:
        """Whether a beat begins at a step."""
        return step % self.beat == 0

    def shifts(self, step: int) -> Logits:
        """The bias of the TIMESHIFTs [125] at a step.

        It is minus infinity for shifts that lead off the grid, or beyond the next bar line. Where
        the next onset is out of reach, time may stand on the parts in between.
        """
        bias = np.full(voc.MAX_SHIFT, -np.inf, np.float32)
        last = min(self.bar_after(step) - step, voc.MAX_SHIFT)
        first = self.part - step % self.part
        parts = len(range(first - 1, last, self.part))
        number = (step + first) // self.part + np.arange(parts)
        biases = np.array(self.biases)[number % len(self.biases)]
        bias[first - 1 : last : self.part] = biases if np.isfinite(biases).any() else 0
        return bias

    def nearest(self, seconds: float) -> float:
        """The time of the grid that is nearest to a time; both in seconds."""
        return to_seconds(round(to_steps(seconds) / self.part) * self.part)
