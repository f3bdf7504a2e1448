"""The level of velocities, to suit the instruments of a DAW.

Notes come with their velocities: :mod:`engine.performance` performs them when they are composed.
Here all of them can be moved up or down, and the chords on boundaries apart from the rest.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from bridge.play.piece import Piece
from engine.errors import EmsyncError
from engine.score import CHORD_VELOCITY, CHORDAL, VELOCITY, Note


@dataclass(frozen=True, slots=True)
class Dynamics:
    """base: the velocity of a plain note in a score without dynamics. boost: what a boundary's
    chord adds to it. In every score, all notes move by as much as a plain note does.

    Raises EmsyncError for a value out of range.
    """

    base: int = VELOCITY
    boost: int = CHORD_VELOCITY - VELOCITY

    def __post_init__(self) -> None:
        if not 1 <= self.base <= 127:
            raise EmsyncError(f"velocity {self.base}: give 1 to 127")
        if not -126 <= self.boost <= 126:
            raise EmsyncError(f"boost {self.boost}: give -126 to 126")

    def of(self, note: Note, chords: Collection[float]) -> Note:
        """A note with these dynamics. chords: onsets of the chords on boundaries, in seconds.

        Only its velocity changes; it stays within 1..127.
        """
        change = self.base - VELOCITY
        if note.instrument in CHORDAL and note.onset in chords:
            change += self.boost - (CHORD_VELOCITY - VELOCITY)
        if not change:
            return note
        return replace(note, velocity=min(max(note.velocity + change, 1), 127))


def shaped(piece: Piece, dynamics: Dynamics) -> Piece:
    """The piece with these dynamics."""
    chords = frozenset(piece.chords)
    return replace(piece, notes=tuple(dynamics.of(note, chords) for note in piece.notes))
