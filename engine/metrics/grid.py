"""Metrical grid: do a DAW's bars and beats mean something for these notes?

Goal: the share of onsets on the sixteenths of a tempo map. Conventions: an onset is on the grid
when it lies within an eighth of a sixteenth of a grid line, so that a quarter of onsets thrown
in anywhere would be (:data:`CHANCE`): quote the share with it. Triplets count as off.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from engine.music.tempo import TempoMap
from engine.score import Score

SIXTEENTH = 1 / 4
"""In beats."""
TOLERANCE = 1 / 8
"""In sixteenths, either side of a grid line."""
CHANCE = 2 * TOLERANCE


def on_grid(onsets: Sequence[float], tempo_map: TempoMap) -> float:
    """The share of ``onsets`` (seconds) on the grid, 0..1; NaN when there are none."""
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
