"""Melody: the top line moves, by steps more than by leaps, and turns.

The top line is that of the pitched part, bass excepted, whose highest notes lie highest. Of notes
that begin together the highest one counts.
"""

from __future__ import annotations

import math

import numpy as np

from engine.arrays import Ints
from engine.music.vocabulary import INSTRUMENTS
from engine.rating.measured_piece import MeasuredPiece
from engine.score import Instrument

FEWEST = 8
"""Onsets of a line from which on it counts as a line."""
STEP, OCTAVE = 2, 12
"""Semitones."""
TOGETHER = 0.02
"""Onsets of one chord lie within so many seconds."""
_LINES = tuple(
    INSTRUMENTS.index(i) for i in (Instrument.GUITAR, Instrument.PIANO, Instrument.STRINGS)
)


def measures(piece: MeasuredPiece) -> dict[str, float]:
    """Every measure by name; NaN without a line.

    Four are of the intervals of the top line. repeats: the share of repeated pitches. steps: of the
    others, the share of at most a whole tone. leaps: the share beyond an octave. turns: the share
    of moves that change direction. melody_range: semitones from the 5th to the 95th percentile.
    """
    line = top_line(piece)
    if len(line) < FEWEST:
        return dict.fromkeys(("repeats", "steps", "leaps", "turns", "melody_range"), math.nan)
    intervals = np.diff(line)
    moves = intervals[intervals != 0]
    size = np.abs(moves)
    return {
        "repeats": float(np.mean(intervals == 0)),
        "steps": float(np.mean(size <= STEP)) if len(moves) else math.nan,
        "leaps": float(np.mean(np.abs(intervals) > OCTAVE)),
        "turns": float(np.mean(moves[1:] * moves[:-1] < 0)) if len(moves) > 1 else math.nan,
        "melody_range": float(np.ptp(np.percentile(line, [5, 95]))),
    }


def top_line(piece: MeasuredPiece) -> Ints:
    """The pitches of the top line in order of onset; empty if nobody plays one."""
    lines = [line for part in _LINES if len(line := _highest(piece, part)) >= FEWEST]
    return max(lines, key=np.median, default=np.zeros(0, np.int64))


def _highest(piece: MeasuredPiece, part: int) -> Ints:
    chosen = piece.notes.part == part
    onset, pitch = piece.notes.onset[chosen], piece.notes.pitch[chosen]
    if not len(onset):
        return pitch
    starts = np.flatnonzero(np.diff(onset, prepend=-math.inf) > TOGETHER)
    return np.maximum.reduceat(pitch, starts)
