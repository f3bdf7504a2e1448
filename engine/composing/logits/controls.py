"""Keep to the tempo, metre, key and density that were asked for.

The network is conditioned on all four; this rule makes sure of them. Tempo and metre hold to the
letter: time moves from point to point of a grid, and a bar begins where one must. So the bars of
the music are those of a user's project. Key and density are preferences. Notes outside the key
become unlikely. With too many notes time moves on sooner, with too few it moves on later.
The rule knows nothing of the film. A boundary counts as the nearest point of the grid.
"""

from __future__ import annotations

import math

import numpy as np

from engine.arrays import Logits, Mask
from engine.composing.logits.rule import Rule
from engine.composing.state import PieceState
from engine.music import vocabulary as voc
from engine.music.arrangement import Arrangement
from engine.music.beat_grid import BeatGrid
from engine.music.conditions import KEYS, METRES, Conditions
from engine.music.key import profile
from engine.music.vocabulary import Kind, to_seconds, to_steps
from engine.score import Instrument, SteadyTempo

PARTS = 12
"""Points of the grid in a quarter note. Sixteenths and eighth triplets both lie on it. At 120 a
minute no boundary is further than 21 ms from a point, which is less than a frame."""
OFF_BEAT = 2.0
"""The bias against a point that is no sixteenth, in nats; half of it for a triplet. A metre is
recognised when music divides its beats evenly."""
KEY_STRENGTH = 2.0
"""A pitch class becomes likelier by this power of its weight in the key's profile."""
DENSITY_STRENGTH = 10.0
"""A time shift becomes likelier by this power of the ratio of notes present to notes asked for."""
LONGER = 4.0
"""A time shift of twice the length becomes likelier by this further power of the same ratio."""
FIRMER = 4.0
"""How the bias grows beyond that where the ratio is far off. A drum pattern is hard to thin out."""
PATIENCE = 2.0
"""Seconds of notes that may be too many or too few before the bias grows strong."""
OFF_ACCENT = 1.5
"""In metres of threes, the bias in nats against a point that is no beat, and again if it is no
eighth. Without it, twelve sixteenths count as four beats of three, since most music has four beats.
Common time needs no such bias."""
COMMON_TIME = METRES.index("4/4")

_LENGTH = np.log2(np.arange(1, voc.MAX_SHIFT + 1) / 32).astype(np.float32)
"""The length of each TIMESHIFT [125] in octaves above a quarter of a second."""
_OFFS = voc.KIND == Kind.OFF


class Grid:
    """Where time may stand, and where bars begin.

    tempo: quarter notes a minute. metre: index into ``METRES``, NaN for 4/4.
    """

    def __init__(self, tempo: float, metre: float) -> None:
        name = METRES[COMMON_TIME if math.isnan(metre) else int(metre)]
        numerator, denominator = map(int, name.split("/"))
        self.tempo = SteadyTempo(tempo, numerator, denominator)
        self._point = 60 / tempo / PARTS
        self._bar = numerator * PARTS * 4 // denominator
        self._bias = _point_bias(numerator, denominator)

    def _step(self, point: int) -> int:
        """The step of a point of the grid."""
        return to_steps(point * self._point)

    def is_bar(self, cursor: int) -> bool:
        """Whether a bar begins at a step."""
        point = round(to_seconds(cursor) / self._point)
        return point % self._bar == 0 and self._step(point) == cursor

    def shifts(self, cursor: int) -> Logits:
        """The bias of the TIMESHIFTs [125] at a step.

        It is minus infinity for shifts that lead to no point, or beyond the next bar.
        """
        now = round(to_seconds(cursor) / self._point)
        last = (now // self._bar + 1) * self._bar
        bias = np.full(len(voc.SHIFTS), -np.inf, np.float32)
        for point in range(now + 1, last + 1):
            steps = self._step(point) - cursor
            if 1 <= steps <= len(bias):
                bias[steps - 1] = self._bias[point % len(self._bias)]
        return bias

    def nearest(self, seconds: float) -> float:
        """The point nearest to a time, in seconds."""
        return to_seconds(self._step(round(seconds / self._point)))


class Controls(Rule):
    """Keeps to the conditions of a piece.

    conditions: those of the whole piece, for tempo and metre. Key and density are read from the
    present section. arrangement: has beats and bars in place of the tempo's own. Its chords
    take the place of the key's notes.
    """

    def __init__(self, conditions: Conditions, arrangement: Arrangement | None = None) -> None:
        asks_tempo = arrangement is None and not math.isnan(conditions.tempo)
        steady = Grid(conditions.tempo, conditions.metre) if asks_tempo else None
        self._grid: Grid | BeatGrid | None = steady if arrangement is None else arrangement.grid
        self._has_chords = arrangement is not None and bool(arrangement.chords)
        self.steady_tempo = None if steady is None else steady.tempo
        """The tempo and metre that hold throughout; None where none was asked for."""
        self._asked = (0, 0.0)
        """A step, and how many notes were asked for up to it."""

    @property
    def has_grid(self) -> bool:
        """Whether the piece has beats to keep to."""
        return self._grid is not None

    def nearest_time(self, seconds: float) -> float:
        """The time in seconds at which the piece can meet a boundary."""
        return seconds if self._grid is None else self._grid.nearest(seconds)

    def mask(self, allowed: Mask, state: PieceState) -> Mask:
        """Keep the tempo: time shifts lead to the grid, and bars begin where they must."""
        if self._grid is None:
            return allowed
        if self._grid.is_bar(state.cursor) and not state.at_bar:
            return only_bar(allowed)
        allowed = allowed.copy()
        allowed[voc.BAR] = False
        allowed[voc.SHIFTS] &= np.isfinite(self._grid.shifts(state.cursor))
        return allowed

    def bias(self, logits: Logits, state: PieceState) -> Logits:
        """Prefer the beats of the grid, the notes of the key, and the density."""
        logits = logits.copy()
        conditions = state.conditions
        if self._grid is not None:
            logits[voc.SHIFTS] += self._grid.shifts(state.cursor)
        if not math.isnan(conditions.key) and not self._has_chords:
            logits += _KEY_BIAS[int(conditions.key)]
        if not math.isnan(conditions.density):
            too_many = self._too_many(conditions.density, state)
            too_many *= 1 + FIRMER * abs(too_many)
            logits[voc.SHIFTS] += too_many * (DENSITY_STRENGTH + LONGER * _LENGTH)
        return logits

    def _too_many(self, density: float, state: PieceState) -> float:
        """How many notes there are, by what was asked for so far: 0 if right, log scale."""
        step, notes = self._asked
        if state.cursor > step:
            notes += density * to_seconds(state.cursor - step)
            self._asked = state.cursor, notes
        some = PATIENCE * density
        return math.log((state.notes + some) / (notes + some)) if state.cursor else 0.0


def _point_bias(numerator: int, denominator: int) -> Logits:
    """The bias of each point of a beat in this metre."""
    bias = np.full(PARTS, -OFF_BEAT, np.float32)
    bias[:: PARTS // 3] = -OFF_BEAT / 2
    bias[:: PARTS // 4] = 0
    if numerator % 3:
        return bias
    if denominator == 8:
        bias = np.append(bias, bias[: PARTS // 2])
    accent = np.full_like(bias, -2 * OFF_ACCENT)
    accent[:: PARTS // 2] = -OFF_ACCENT
    accent[0] = 0
    return bias + accent


def only_bar(allowed: Mask) -> Mask:
    """A bar begins: BAR may come, or first the OFFs of notes that end there."""
    allowed = allowed & _OFFS
    allowed[voc.BAR] = True
    return allowed


def _key_bias(key: int) -> Logits:
    """The bias of each token [V] for a key."""
    drums = voc.INSTRUMENTS.index(Instrument.DRUMS)
    pitched = (voc.KIND == Kind.ON) & (drums != voc.INSTRUMENT)
    weights = profile(key)
    bias = np.zeros(voc.SIZE, np.float32)
    bias[pitched] = KEY_STRENGTH * np.log(weights / weights.mean())[voc.PITCH[pitched] % 12]
    return bias


_KEY_BIAS = [_key_bias(key) for key in range(len(KEYS))]
