"""Metrical grid: do a DAW's bars and beats fit these notes?

Goal: the share of onsets on the sixteenths of a tempo map. Conventions: an onset is on the grid
when it lies within an eighth of a sixteenth of a grid line. A quarter of random onsets would be on
it by chance (:data:`CHANCE`), so quote the share with that. Triplets count as off the grid.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from engine.music.tempo import TempoMap
from engine.score import Score

SIXTEENTH = 1 / 4
"""In beats (quarter notes)."""
TOLERANCE = 1 / 8
"""In sixteenths, either side of a grid line."""
CHANCE = 2 * TOLERANCE


def validate(onsets: Sequence[float]) -> None:
    """Raise ValueError unless ``onsets`` is a list of finite times."""
    array = np.asarray(onsets, np.float64)
    if array.ndim != 1 or not np.isfinite(array).all():
        raise ValueError("onsets must be a list of finite times")


def on_grid(onsets: Sequence[float], tempo_map: TempoMap) -> float:
    """The share of ``onsets`` (seconds) on the grid, 0..1; NaN when there are none.

    Raises ValueError where :func:`validate` does.
    """
    validate(onsets)
    if not len(onsets):
        return math.nan
    sixteenths = tempo_map.beat_at(onsets) / SIXTEENTH
    return float(np.mean(np.abs(sixteenths - np.rint(sixteenths)) <= TOLERANCE))


def evaluate(score: Score, tempo_map: TempoMap) -> dict[str, float | None]:
    """The share beside its chance level and the number of onsets; None without onsets."""
    share = on_grid([note.onset for note in score.notes], tempo_map)
    return {
        "on_grid": None if math.isnan(share) else share,
        "chance": CHANCE,
        "onsets": len(score.notes),
    }
