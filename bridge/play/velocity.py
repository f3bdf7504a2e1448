"""How hard notes are struck.

The composer knows two strokes: a plain one, and one for the chords that mark a boundary. Their
velocities are a matter of the instruments that play; people, besides, strike the strong places of
a bar harder, and never twice alike.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from bridge.play.piece import Piece
from engine.errors import EmsyncError
from engine.score import CHORD_VELOCITY, VELOCITY

_ACCENTS = (10.0, -6.0, -2.0, -6.0, 3.0, -6.0, -2.0, -6.0, 6.0, -6.0, -2.0, -6.0, 3.0, -6.0, -2.0,
            -6.0)  # fmt: skip
"""What a player adds at each sixteenth of a bar: its beginning, its half, its quarters."""
_SPREAD = 4.0
"""Standard deviation of one stroke from the next."""


@dataclass(frozen=True, slots=True)
class Dynamics:
    """base: velocity of a plain note. boost: what a boundary's chord adds. human: 0 (exact) .. 1
    (by metric position, and never twice alike). seed: of that chance."""

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
        """What no two strokes are alike by, from the piece's first note on."""
        return np.random.default_rng(self.seed)


def shaped(piece: Piece, dynamics: Dynamics, chance: np.random.Generator | None = None) -> Piece:
    """The piece with these dynamics; times and pitches stay, velocities stay within 1..127.

    chance: for a part of a piece, that of the part before it, to go on with.
    """
    chance = dynamics.chance() if chance is None else chance
    composed = np.array([note.velocity for note in piece.notes], np.float64)
    chord = (composed - VELOCITY) / (CHORD_VELOCITY - VELOCITY)
    velocities = dynamics.base + dynamics.boost * chord
    if dynamics.human and piece.notes:
        swing = chance.normal(0.0, _SPREAD, len(composed))
        velocities += dynamics.human * (_accents(piece) + swing)
    struck = np.clip(np.rint(velocities), 1, 127).astype(int).tolist()
    notes = (replace(n, velocity=v) for n, v in zip(piece.notes, struck, strict=True))
    return replace(piece, notes=tuple(notes))


def _accents(piece: Piece) -> npt.NDArray[np.float64]:
    """What each note's place in its bar adds; nothing where no bar is known."""
    if len(piece.bars) < 2:
        return np.zeros(len(piece.notes))
    bars = np.array(piece.bars)
    onsets = np.array([note.onset for note in piece.notes])
    bar = np.clip(np.searchsorted(bars, onsets + 1e-6, "right") - 1, 0, len(bars) - 2)
    place = (onsets - bars[bar]) / (bars[bar + 1] - bars[bar])
    return np.array(_ACCENTS)[np.rint(place * len(_ACCENTS)).astype(int) % len(_ACCENTS)]
