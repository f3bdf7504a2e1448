"""How a piece is played, beyond its notes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from bridge.play.midi_reader import read_piece
from bridge.play.piece import Piece
from bridge.play.velocity import Dynamics, shaped


@dataclass(frozen=True, slots=True)
class PlaybackOptions:
    """dynamics: the velocities of notes. expressive: add expression (CC11) by the film's emotion.
    programs: send General MIDI programs and the parts' names first."""

    dynamics: Dynamics = field(default_factory=Dynamics)
    expressive: bool = False
    programs: bool = False

    def read(self, path: Path) -> Piece:
        """The piece at ``path`` with these options; raises EmsyncError as ``read_piece`` does."""
        return shaped(read_piece(path, self.expressive), self.dynamics)
