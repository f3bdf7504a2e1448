"""The velocities before a note, as features of the note."""

from __future__ import annotations

import numpy as np

from engine.arrays import Ints
from engine.performance.bins import NONE, STATES
from engine.performance.features import PARTS, PLACES

_MEANS = 18
"""Classes of a running mean: eights of velocity, and none yet."""
FAST, SLOW = 1 / 8, 1 / 48
"""The weight of a note in the running means of its part."""
ALL = 1 / 48
"""The same for the running mean of all parts."""

SIZES = (
    PARTS * STATES**2,
    STATES**2,
    PARTS * STATES**2,
    PARTS * STATES**2,
    PARTS * STATES,
    PARTS * STATES,
    PARTS * STATES,
    PARTS * _MEANS,
    PARTS * _MEANS,
    PARTS * _MEANS,
)
"""The number of values of each feature."""
COUNT = len(SIZES)
_UNKNOWN = (NONE, NONE)
_BLOCKS = np.array([size // PARTS if size % PARTS == 0 else 0 for size in SIZES])
"""The values of each feature for one part; 0 for the feature that does not depend on the part."""


def nothing(part: Ints) -> Ints:
    """The features [n, COUNT] of notes before which nothing is known. part: [n]."""
    last = np.where(_BLOCKS, (part[:, None] + 1) * _BLOCKS, SIZES)
    return last - 1


class History:
    """The velocities so far. Notes come in the order of a passage."""

    def __init__(self) -> None:
        self._last = [(NONE, NONE, NONE)] * PARTS
        self._fast: list[float | None] = [None] * PARTS
        self._slow: list[float | None] = [None] * PARTS
        self._all: float | None = None
        self._of_pitch: dict[int, tuple[int, int]] = {}
        self._of_place: dict[int, int] = {}
        self._of_pitch_place: dict[int, int] = {}
        self._onset = -1.0
        self._together = NONE
        self._in_chord = [NONE] * PARTS

    def features(self, onset: float, part: int, pitch: int, twelfth: int) -> list[int]:
        """The features of the next note. twelfth: its place in the bar, in twelfths of a beat."""
        if onset != self._onset:
            self._onset, self._together = onset, NONE
            self._in_chord = [NONE] * PARTS
        first, second, third = self._last[part]
        key = part * 128 + pitch
        once, twice = self._of_pitch.get(key, _UNKNOWN)
        here = self._of_pitch_place.get(key * PLACES + twelfth, NONE)
        there = self._of_place.get(part * PLACES + twelfth, NONE)
        base = part * STATES
        means = part * _MEANS
        return [
            (base + first) * STATES + second,
            second * STATES + third,
            (base + once) * STATES + twice,
            (base + here) * STATES + first,
            base + there,
            base + self._together,
            base + self._in_chord[part],
            means + _mean(self._fast[part]),
            means + _mean(self._slow[part]),
            means + _mean(self._all),
        ]

    def push(self, part: int, pitch: int, twelfth: int, number: int, velocity: float) -> None:
        """Take the velocity of the note that ``features`` was asked for. number: its bin."""
        first, second, _ = self._last[part]
        self._last[part] = number, first, second
        fast, slow, whole = self._fast[part], self._slow[part], self._all
        self._fast[part] = velocity if fast is None else fast + FAST * (velocity - fast)
        self._slow[part] = velocity if slow is None else slow + SLOW * (velocity - slow)
        self._all = velocity if whole is None else whole + ALL * (velocity - whole)
        key = part * 128 + pitch
        self._of_pitch[key] = number, self._of_pitch.get(key, _UNKNOWN)[0]
        self._of_pitch_place[key * PLACES + twelfth] = number
        if self._in_chord[part] == NONE:
            self._of_place[part * PLACES + twelfth] = number
        self._together = self._in_chord[part] = number


def _mean(value: float | None) -> int:
    return _MEANS - 1 if value is None else int(value) >> 3
