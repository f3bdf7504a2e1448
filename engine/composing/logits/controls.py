"""Keeping to a tempo, a metre, a key and a density that were asked for.

The network is told of them as conditions; this makes sure. Tempo and metre are kept by the letter:
time moves from point to point of a grid and a bar begins where one must, so that a project's own
bars are the music's. The rest are leanings: points that are no sixteenths become unlikely, as do
notes foreign to the key, and time moves on sooner or later as there are too many notes or too few.
None of it knows the film; a boundary is taken for the point of the grid that is nearest to it.
"""

from __future__ import annotations

import math

import numpy as np

from engine.arrays import Logits, Mask
from engine.music import vocabulary as voc
from engine.music.conditions import METRES, Conditions
from engine.music.key import profile
from engine.music.vocabulary import Kind, to_seconds, to_steps
from engine.score import Instrument, SteadyTempo

PARTS = 12
"""Points of the grid a quarter note: sixteenths and triplets of eighths both lie on it, and at 120
a minute a point is never further than 21 ms, less than a frame, from a boundary."""
OFF_BEAT = 2.0
"""A point of the grid that is no sixteenth becomes less likely by e to this power, by half of it if
it is a triplet's: what divides its beats evenly has its metre heard."""
KEY_STRENGTH = 2.0
"""A pitch class becomes likelier by this power of its weight in the key's profile."""
DENSITY_STRENGTH = 3.0
"""Time's moving on becomes likelier by this power of how many times too many notes there are."""
PATIENCE = 4.0
"""Seconds' worth of notes that may be too many or too few before that counts much."""
OFF_ACCENT = 1.5
"""In metres of threes a point becomes less likely by this power of e if it is no beat, and once
more if it is no eighth: a bar of twelve sixteenths is heard as four beats of three of them as soon
as it can be, for most music has four. Common time comes by itself."""
COMMON_TIME = METRES.index("4/4")


_OFFS = voc.KIND == Kind.OFF


class Grid:
    """Where time may stand, and where bars begin.

    tempo: quarter notes a minute. metre: index into ``METRES``, NaN for 4/4.
    """

    def __init__(self, tempo: float, metre: float) -> None:
        name = METRES[COMMON_TIME if math.isnan(metre) else int(metre)]
        numerator, denominator = map(int, name.split("/"))
        self.steady = SteadyTempo(tempo, numerator, denominator)
        self._point = 60 / tempo / PARTS
        self._bar = numerator * PARTS * 4 // denominator
        self._lean = _points(numerator, denominator)

    def _near(self, point: int) -> int:
        """The step of a point of the grid."""
        return to_steps(point * self._point)

    def is_bar(self, cursor: int) -> bool:
        """Whether a bar begins at a step."""
        point = round(to_seconds(cursor) / self._point)
        return point % self._bar == 0 and self._near(point) == cursor

    def shifts(self, cursor: int) -> Logits:
        """What to add to the logits of the TIMESHIFTs [125] at a step: minus infinity where they
        don't lead to a point, or lead beyond the next bar."""
        now = round(to_seconds(cursor) / self._point)
        last = (now // self._bar + 1) * self._bar
        lean = np.full(len(voc.SHIFTS), -np.inf, np.float32)
        for point in range(now + 1, last + 1):
            steps = self._near(point) - cursor
            if 1 <= steps <= len(lean):
                lean[steps - 1] = self._lean[point % len(self._lean)]
        return lean

    def nearest(self, seconds: float) -> float:
        """The point nearest to a time, in seconds."""
        return to_seconds(self._near(round(seconds / self._point)))


class Controls:
    """What a piece's conditions ask of the composing loop."""

    def __init__(self, conditions: Conditions) -> None:
        asks_tempo = not math.isnan(conditions.tempo)
        self._grid = Grid(conditions.tempo, conditions.metre) if asks_tempo else None
        self._key = None if math.isnan(conditions.key) else _key_lean(int(conditions.key))
        self._density = conditions.density

    @property
    def steady(self) -> SteadyTempo | None:
        """The tempo and metre that are kept; None where none was asked for."""
        return None if self._grid is None else self._grid.steady

    @property
    def quarters(self) -> float:
        """How many quarter notes a bar has; four where no metre was asked for."""
        return 4 * self.steady.numerator / self.steady.denominator if self.steady else 4.0

    def boundary(self, seconds: float) -> float:
        """Where music that keeps the tempo can meet a boundary, in seconds."""
        return seconds if self._grid is None else self._grid.nearest(seconds)

    def narrow(self, allowed: Mask, cursor: int, in_bar: bool) -> Mask:
        """What of the tokens allowed [V] keeps the tempo.

        in_bar: whether the bar that may begin at the step ``cursor`` has its BAR already.
        """
        if self._grid is None:
            return allowed
        allowed = allowed.copy()
        if self._grid.is_bar(cursor) and not in_bar:
            return only_bar(allowed)
        allowed[voc.BAR] = False
        allowed[voc.SHIFTS] &= np.isfinite(self._grid.shifts(cursor))
        return allowed

    def lean(self, logits: Logits, notes: int, cursor: int) -> Logits:
        """The logits [V] with the conditions in mind, after ``notes`` notes and ``cursor`` steps."""
        logits = logits.copy()
        if self._grid is not None:
            logits[voc.SHIFTS] += self._grid.shifts(cursor)
        if self._key is not None:
            logits += self._key
        if not math.isnan(self._density):
            some = PATIENCE * self._density
            too_many = (notes + some) / (self._density * to_seconds(cursor) + some)
            logits[voc.SHIFTS] += DENSITY_STRENGTH * math.log(too_many)
        return logits


def _points(numerator: int, denominator: int) -> Logits:
    """What to add for each point of a beat of this metre."""
    lean = np.full(PARTS, -OFF_BEAT, np.float32)
    lean[:: PARTS // 3] = -OFF_BEAT / 2
    lean[:: PARTS // 4] = 0
    if numerator % 3:
        return lean
    if denominator == 8:
        lean = np.append(lean, lean[: PARTS // 2])
    accent = np.full_like(lean, -2 * OFF_ACCENT)
    accent[:: PARTS // 2] = -OFF_ACCENT
    accent[0] = 0
    return lean + accent


def only_bar(allowed: Mask) -> Mask:
    """A bar begins: BAR, or first the OFFs of what ends there."""
    allowed = allowed & _OFFS
    allowed[voc.BAR] = True
    return allowed


def _key_lean(key: int) -> Logits:
    """What to add to each token's logit [V] for a key."""
    drums = voc.INSTRUMENTS.index(Instrument.DRUMS)
    pitched = (voc.KIND == Kind.ON) & (drums != voc.INSTRUMENT)
    weights = profile(key)
    lean = np.zeros(voc.SIZE, np.float32)
    lean[pitched] = KEY_STRENGTH * np.log(weights / weights.mean())[voc.PITCH[pitched] % 12]
    return lean
