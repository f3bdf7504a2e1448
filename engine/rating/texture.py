"""Texture: how much sounds, how high, and who plays."""

from __future__ import annotations

import math

import numpy as np

from engine.metrics.musicality import polyphony
from engine.music.vocabulary import INSTRUMENTS
from engine.rating.measured_piece import MeasuredPiece
from engine.score import Instrument


def measures(piece: MeasuredPiece) -> dict[str, float]:
    """Every measure by name; NaN where there is nothing to measure, such as a silent part.

    polyphony: pitched notes that sound at once. density: notes a second, in all and of each part.
    pitch_range: semitones from the 5th to the 95th percentile. NAME_length: the median length of a
    part's notes, in seconds.
    """
    notes, duration = piece.notes, piece.score.duration
    pitched = notes.where(piece.pitched)
    found = {
        "polyphony": polyphony(pitched),
        "pitch_range": (
            float(np.ptp(np.percentile(pitched.pitch, [5, 95]))) if len(pitched) else math.nan
        ),
        "density": len(notes) / duration,
    }
    for instrument in INSTRUMENTS:
        part = notes.of(instrument)
        found[f"{instrument.value}_density"] = len(part) / duration if len(part) else math.nan
        if instrument is not Instrument.DRUMS:
            length = float(np.median(part.length)) if len(part) else math.nan
            found[f"{instrument.value}_length"] = length
    return found


def playing(piece: MeasuredPiece) -> dict[Instrument, float]:
    """The share of bars in which each instrument sounds, 0..1."""
    return {
        instrument: float(np.mean(_sounding(piece, place)))
        for place, instrument in enumerate(INSTRUMENTS)
    }


def _sounding(piece: MeasuredPiece, part: int) -> np.ndarray:
    """In which bars [bars] a part begins or holds a note."""
    chosen = piece.notes.part == part
    first = piece.bar[chosen]
    # A note that ends on a bar line does not sound in the bar that begins there.
    last = np.searchsorted(piece.lines, piece.end[chosen] - 1e-3, "right") - 1
    last = np.clip(last, first, piece.bars - 1)
    change = np.zeros(piece.bars + 1, np.int64)
    np.add.at(change, first, 1)
    np.add.at(change, last + 1, -1)
    return np.cumsum(change)[:-1] > 0
