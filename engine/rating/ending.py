"""Ending: the last chord stands on the tonic and has time to ring."""

from __future__ import annotations

import math

import numpy as np

from engine.metrics.planned import TOGETHER
from engine.rating.measured_piece import MeasuredPiece

NAMES = ("tonic", "ring", "close")


def measures(piece: MeasuredPiece) -> dict[str, float]:
    """Every measure by name; NaN without pitched notes.

    tonic: 1 where the lowest note of the last chord is the tonic of the key, else 0; NaN without a
    clear key. ring: beats from the last onset to the end of the piece. close: how busy its last
    bar's length is, as onsets by those that are usual in such a time.
    """
    pitched = piece.notes.where(piece.pitched)
    if not len(pitched):
        return dict.fromkeys(NAMES, math.nan)
    last = pitched.onset > pitched.onset[-1] - TOGETHER
    lowest = int(pitched.pitch[last].min()) % 12
    return {
        "tonic": math.nan if math.isnan(piece.tonic) else float(lowest == piece.tonic),
        "ring": float(piece.lines[-1] - piece.onset.max()),
        "close": _close(piece),
    }


def _close(piece: MeasuredPiece) -> float:
    end, bar = float(piece.lines[-1]), float(np.median(np.diff(piece.lines)))
    usual = len(piece.onset) * bar / end
    return int((piece.onset > end - bar).sum()) / usual
