"""Dynamics: are notes played as in songs, or evenly, or at random?

Goal: to catch a performance whose level drifts away or collapses, or that has songs' velocities in
an order that no player gives them. Each measure alone has a cheap way to look well. Velocities
drawn from the songs' histogram have the right distribution, but do not follow the bar. So all are
measured together.

Conventions: velocities are 1..127. A piece's bars are its downbeats. Parts are measured apart where
a measure is about a line of notes, and weighted by their notes.

- ``distance``: how far the piece's velocities are from a reference, as the mean over all ranks
  (first Wasserstein distance), in steps of velocity.
- ``bar_change``: the mean change of the mean velocity from a bar to the next.
- ``metre``: the share of the variance of a part's velocities that the sixteenths of the bar
  explain, adjusted for their number (Ezekiel's R squared). It is 0 for chance, and 1 if the bar
  decides all.
- ``step``: the mean change from a note of a part to its next.
- ``spread``: the standard deviation within a part.
- ``drift``: the mean velocity of the last third of the notes, less that of the first third.

No single value is right. Compare the spread over many pieces with that of songs (:func:`compare`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from engine.arrays import Floats, Ints
from engine.metrics.note_arrays import bar_positions, validate
from engine.metrics.statistics import Json, distribution, proportion
from engine.score import Instrument, Score

MEASURES = ("distance", "bar_change", "metre", "step", "spread", "drift")
SIXTEENTHS = 16
"""Places in a bar that are distinguished."""
FEWEST = 8
"""A part with fewer notes is not measured by itself."""
RANKS = (np.arange(200) + 0.5) / 200
"""The ranks at which two distributions are compared."""


def compare(scores: Sequence[Score], songs: Sequence[Score]) -> Json:
    """The spread of each measure over pieces, beside that of songs.

    The reference of ``distance`` is all songs, each with equal weight; a song is compared with the
    others. ``within_songs``: the share of pieces between the songs' 10th and 90th percentile.
    ``below_90``: the share below the 90th percentile. Both are NaN without songs.
    Raises ValueError where :func:`engine.metrics.note_arrays.validate` does.
    """
    of_songs = [ranks(song) for song in songs]
    pool = reference(of_songs)
    ours = _table(evaluate(score, pool) for score in scores)
    theirs = _table(
        evaluate(song, reference(of_songs[:place] + of_songs[place + 1 :]))
        for place, song in enumerate(songs)
    )
    report: Json = {}
    for name in MEASURES:
        known = [value for value in ours[name] if not math.isnan(value)]
        usual = [value for value in theirs[name] if not math.isnan(value)]
        low, high = np.percentile(usual, (10, 90)) if usual else (math.nan, math.nan)
        count = len(known) if usual else 0
        report[name] = {
            **distribution(known),
            "songs": {**distribution(usual), "p10": float(low), "p90": float(high)},
            "within_songs": proportion(sum(low <= value <= high for value in known), count),
            "below_90": proportion(sum(value <= high for value in known), count),
        }
    return report


def _table(rows: Iterable[dict[str, float]]) -> dict[str, list[float]]:
    found = list(rows)
    return {name: [row[name] for row in found] for name in MEASURES}


def ranks(score: Score) -> Floats:
    """The velocities of a piece at each of :data:`RANKS`; NaN without notes."""
    velocities = [note.velocity for note in score.notes]
    if not velocities:
        return np.full(len(RANKS), math.nan)
    return np.quantile(velocities, RANKS, method="inverted_cdf").astype(np.float64)


def reference(pieces: Sequence[Floats]) -> Floats:
    """The ranks of all pieces together, each with equal weight; NaN without pieces."""
    known = [piece for piece in pieces if not np.isnan(piece).any()]
    if not known:
        return np.full(len(RANKS), math.nan)
    return np.quantile(np.concatenate(known), RANKS, method="inverted_cdf")


def evaluate(score: Score, pool: Floats) -> dict[str, float]:
    """All measures of a piece; NaN where there is nothing to measure.

    pool: the reference of ``distance``, as :func:`reference` gives it.
    Raises ValueError where :func:`engine.metrics.note_arrays.validate` does.
    """
    validate(score)
    velocity = np.array([note.velocity for note in score.notes], np.float64)
    onset = np.array([note.onset for note in score.notes], np.float64)
    bar, position = bar_positions(onset, score.bars)
    parts = list(_parts(score))
    lines = [velocity[mine] for mine in parts]
    third = len(velocity) // 3
    return {
        "distance": float(np.abs(ranks(score) - pool).mean()),
        "bar_change": _bar_change(bar, velocity),
        "metre": _mean([_metre(position[mine], velocity[mine]) for mine in parts], lines),
        "step": _mean([float(np.abs(np.diff(line)).mean()) for line in lines], lines),
        "spread": _mean([float(line.std()) for line in lines], lines),
        "drift": float(velocity[-third:].mean() - velocity[:third].mean()) if third else math.nan,
    }


def _parts(score: Score) -> Iterator[Ints]:
    """The places of each part's notes, of parts with enough of them."""
    for instrument in Instrument:
        mine = [n for n, note in enumerate(score.notes) if note.instrument is instrument]
        if len(mine) >= FEWEST:
            yield np.array(mine)


def _mean(values: Sequence[float], lines: Sequence[npt.NDArray[np.float64]]) -> float:
    """The mean over parts, weighted by their notes; parts without a value do not count."""
    pairs = [(v, len(line)) for v, line in zip(values, lines, strict=True) if not math.isnan(v)]
    total = sum(weight for _, weight in pairs)
    return sum(value * weight for value, weight in pairs) / total if total else math.nan


def _bar_change(bar: Ints, velocity: Floats) -> float:
    placed = bar >= 0
    if not placed.any():
        return math.nan
    counts = np.bincount(bar[placed])
    means = np.bincount(bar[placed], velocity[placed]) / np.maximum(counts, 1)
    both = (counts[1:] > 0) & (counts[:-1] > 0)
    return float(np.abs(np.diff(means))[both].mean()) if both.any() else math.nan


def _metre(position: Floats, velocity: Floats) -> float:
    known = ~np.isnan(position)
    velocity = velocity[known]
    place = np.rint(position[known] * SIXTEENTHS).astype(np.int64) % SIXTEENTHS
    total = float(((velocity - velocity.mean()) ** 2).sum()) if len(velocity) else 0.0
    groups, inverse, counts = np.unique(place, return_inverse=True, return_counts=True)
    free = len(velocity) - len(groups)
    if total == 0 or free <= 0 or len(groups) < 2:
        return math.nan
    means = np.bincount(inverse, velocity) / counts
    rest = float(((velocity - means[inverse]) ** 2).sum())
    return max(0.0, 1 - rest / free / (total / (len(velocity) - 1)))
