"""Rhythm: on the grid, with a groove, without holes."""

from __future__ import annotations

import math

import numpy as np

from engine.metrics.faults import rest
from engine.metrics.grid import SIXTEENTH
from engine.metrics.planned import near_grid
from engine.rating.measured_piece import MeasuredPiece

TOGETHER, APART = 0.005, 0.05
"""Seconds up to which onsets sound as one, and from which on they are meant to be apart."""


def measures(piece: MeasuredPiece) -> dict[str, float]:
    """Every measure by name; NaN where there is nothing to measure.

    near_grid: the share of onsets within 20 ms of a sixteenth or triplet of the tempo map.
    together: of the notes with another one so near that both should sound at once, the share of
    those that do. groove:
    how alike neighbouring bars are in their onsets, as the mean Jaccard index of the sixteenths
    that are played. note_length: the median, in beats. rest: the longest silence, in beats.
    """
    pitched = piece.pitched
    lengths = (piece.end - piece.onset)[pitched]
    beats = piece.lines[-1] / piece.score.duration
    return {
        "near_grid": near_grid(piece.notes.onset.tolist(), piece.tempo),
        "together": _together(piece),
        "groove": _groove(piece),
        "note_length": float(np.median(lengths)) if len(lengths) else math.nan,
        "rest": rest(piece.notes, piece.score.duration) * float(beats),
    }


def _together(piece: MeasuredPiece) -> float:
    gaps = np.diff(piece.notes.onset, prepend=-math.inf, append=math.inf)
    nearest = np.minimum(gaps[:-1], gaps[1:])
    nearest = nearest[nearest < APART]
    return float(np.mean(nearest <= TOGETHER)) if len(nearest) else math.nan


def _groove(piece: MeasuredPiece) -> float:
    places = np.rint(piece.place / SIXTEENTH).astype(np.int64)
    width = int(places.max(initial=0)) + 1
    played = np.zeros((piece.bars, width), bool)
    played[piece.bar, places] = True
    if len(played) < 2:
        return math.nan
    both = (played[1:] & played[:-1]).sum(axis=1)
    either = (played[1:] | played[:-1]).sum(axis=1)
    return float(np.mean(both[either > 0] / either[either > 0])) if either.any() else math.nan
