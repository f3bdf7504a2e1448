"""The velocities of notes.

The composer uses two velocities: one for plain notes, one for the chords that mark a boundary. Here
both can be set to suit the instruments. A human player also accents the strong positions of a bar,
and varies from note to note.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bridge.play.piece import Piece
from engine.arrays import Floats
from engine.errors import EmsyncError
from engine.score import CHORD_VELOCITY, VELOCITY

_ACCENTS = (10.0, -6.0, -2.0, -6.0, 3.0, -6.0, -2.0, -6.0, 6.0, -6.0, -2.0, -6.0, 3.0, -6.0, -2.0,
            -6.0)  # fmt: skip
"""The accent at each sixteenth of a bar; the start, the half and the quarters are strong."""
_SPREAD = 4.0
"""Standard deviation of the random part of a velocity."""


@dataclass(frozen=True, slots=True)
class Dynamics:
    """base: velocity of a plain note. boost: what a boundary's chord adds to it. human: 0 (exact)
    .. 1 (full accents and random variation). seed: of the random variation.

    Raises EmsyncError for a value out of range.
    """

    base: int = VELOCITY
    boost: int = CHORD_VELOCITY - VELOCITY
    human: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.base <= 127 or not -126 <= self.boost <= 126:
            raise EmsyncError(f"velocity {self.base}{self.boost:+d}: give a base of 1 to 127")
        if not 0.0 <= self.human <= 1.0:
            raise EmsyncError(f"human {self.human:g}: give 0 to 1")

    def chance(self) -> np.random.Generator:
        """The generator of the random variation, for a piece from its first note on."""
        return np.random.default_rng(self.seed)


def shaped(piece: Piece, dynamics: Dynamics, chance: np.random.Generator | None = None) -> Piece:
    """The piece with these dynamics. Only velocities change; they stay within 1..127.

    chance: for a later part of a piece, the generator that shaped the part before it.
    """
    chance = dynamics.chance() if chance is None else chance
    composed = np.array([note.velocity for note in piece.notes], np.float64)
    chord = (composed - VELOCITY) / (CHORD_VELOCITY - VELOCITY)
    velocities = dynamics.base + dynamics.boost * chord
    if dynamics.human and piece.notes:
        swing = chance.normal(0.0, _SPREAD, len(composed))
        velocities += dynamics.human * (_accents(piece) + swing)
    rounded = np.clip(np.rint(velocities), 1, 127).astype(int).tolist()
    notes = (replace(n, velocity=v) for n, v in zip(piece.notes, rounded, strict=True))
    return replace(piece, notes=tuple(notes))


def _accents(piece: Piece) -> Floats:
    """The accent of each note by its position in the bar; shape (notes,). 0 without bars."""
    if len(piece.bars) < 2:
        return np.zeros(len(piece.notes))
    bars = np.array(piece.bars)
    onsets = np.array([note.onset for note in piece.notes])
    bar = np.clip(np.searchsorted(bars, onsets + 1e-6, "right") - 1, 0, len(bars) - 2)
    place = (onsets - bars[bar]) / (bars[bar + 1] - bars[bar])
    return np.array(_ACCENTS)[np.rint(place * len(_ACCENTS)).astype(int) % len(_ACCENTS)]
