"""Musicality: do composed pieces have the statistics of the corpus's songs?

Goal: the overlap of two distributions of each measure, one over composed pieces, one over excerpts
of songs never trained on. The overlap is the area that two histograms share, after Yang and Lerch
(2020, *On the evaluation of generative models in music*).

Songs differ from songs too, and histograms of few pieces are ragged. So the ceiling is the overlap
of the validation songs with as many training songs. The headline is the share of the ceiling that
the pieces reach.

Measures are as in MusPy (Dong et al. 2020), unless said otherwise. Pitch-class entropy and groove
are from Wu and Yang (2020, *The Jazz Transformer on the front line*), scale consistency is from
Mogren (2016).

Conventions: onsets are rounded to sixteenths of their bar. Harmony, length and polyphony are those
of pitched instruments. A measure is NaN where a piece has nothing to measure.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from engine.arrays import Floats, Ints
from engine.metrics.note_arrays import NoteArrays, bar_positions, note_arrays
from engine.metrics.statistics import Json, percentiles
from engine.music.key import scale
from engine.music.vocabulary import INSTRUMENTS
from engine.score import Score

POSITIONS = 16
"""Equal parts of a bar to which onsets are rounded."""
BINS = 12
"""Bins of a histogram."""
RESAMPLES = 200
"""Resamples of the bootstrap."""

_SCALES = np.array([np.isin(np.arange(12), list(scale(key))) for key in range(12)], np.float64)

Table = dict[str, Floats]
"""Values of each measure by name, one a piece: [pieces]."""


def measure(score: Score) -> dict[str, float]:
    """Every measure of a piece by name.

    Raises ValueError where :func:`engine.metrics.note_arrays.validate` does.
    """
    notes = note_arrays(score)
    pitched = notes.pitched
    grids = _bar_grids(notes, score.bars)
    return {
        "pitch_class_entropy": pitch_class_entropy(pitched),
        "in_scale": in_scale(pitched),
        "groove": groove(grids),
        "polyphony": polyphony(pitched),
        "note_length": float(np.median(pitched.length)) if len(pitched) else math.nan,
        "empty_bars": empty_bars(grids),
        "repetition": repetition(grids),
        **{
            f"{instrument.value}_density": len(notes.of(instrument)) / score.duration
            for instrument in INSTRUMENTS
        },
    }


def pitch_class_entropy(notes: NoteArrays) -> float:
    """Entropy in bits of the histogram of pitch classes, 0..3.58."""
    if not len(notes):
        return math.nan
    shares = np.bincount(notes.pitch % 12, minlength=12) / len(notes)
    return float(-sum(p * math.log2(p) for p in shares if p > 0))


def in_scale(notes: NoteArrays) -> float:
    """The share of notes in the major (or its natural minor) scale that holds the most."""
    if not len(notes):
        return math.nan
    return float((_SCALES @ np.bincount(notes.pitch % 12, minlength=12)).max() / len(notes))


def polyphony(notes: NoteArrays) -> float:
    """The mean number of active notes over the time in which any is active."""
    times = np.concatenate([notes.onset, notes.end])
    order = np.argsort(times, kind="stable")
    steps = np.repeat([1, -1], len(notes))[order]
    active, spans = np.cumsum(steps)[:-1], np.diff(times[order])
    busy = float(spans[active > 0].sum())
    return float((active * spans).sum()) / busy if busy else math.nan


Grids = list[Ints]
"""The onsets of each bar, sorted: ``(position * parts + part) * 128 + pitch``."""


def _bar_grids(notes: NoteArrays, bars: tuple[float, ...]) -> Grids:
    bar, position = bar_positions(notes.onset, bars)
    inside = bar >= 0
    rounded = np.minimum(np.rint(position[inside] * POSITIONS), POSITIONS - 1).astype(np.int64)
    onsets = (rounded * len(INSTRUMENTS) + notes.part[inside]) * 128 + notes.pitch[inside]
    of_bar = bar[inside]
    return [np.unique(onsets[of_bar == n]) for n in range(len(bars))] if len(bars) > 1 else []


def groove(grids: Grids) -> float:
    """How alike neighbouring bars are in the positions of onsets: 1 less the Hamming distance."""
    positions = [set((grid // (len(INSTRUMENTS) * 128)).tolist()) for grid in grids]
    if len(positions) < 2:
        return math.nan
    unlike = [len(a ^ b) / POSITIONS for a, b in pairwise(positions)]
    return 1 - float(np.mean(unlike))


def empty_bars(grids: Grids) -> float:
    """The share of bars without an onset."""
    return float(np.mean([not len(grid) for grid in grids])) if grids else math.nan


def repetition(grids: Grids) -> float:
    """How much of a bar comes from an earlier one: the best Jaccard index, averaged over bars.

    The measure is our own, after the self-similarity of bars (Foote 1999). Empty bars do not count.
    """
    bars = [set(grid.tolist()) for grid in grids if len(grid)]
    best = [
        max(len(bar & before) / len(bar | before) for before in bars[:n])
        for n, bar in enumerate(bars)
        if n
    ]
    return float(np.mean(best)) if best else math.nan


def table(scores: Sequence[Score]) -> Table:
    """The measures of many pieces, in order."""
    rows = [measure(score) for score in scores]
    names = measure(Score((), (), (), 1.0))
    return {name: np.array([row[name] for row in rows], np.float64) for name in names}


def overlap(ours: Floats, theirs: Floats) -> float:
    """The area that two histograms share, 0..1; NaN when one is empty.

    There are :data:`BINS` equal bins between the 1st and the 99th percentile of both together.
    Values beyond count in the outermost bins; values that are NaN do not count.
    """
    ours, theirs = ours[np.isfinite(ours)], theirs[np.isfinite(theirs)]
    if not len(ours) or not len(theirs):
        return math.nan
    # Averaging the percentiles gives both sides the same weight, whatever their sizes.
    low, high = np.mean([np.percentile(values, (1, 99)) for values in (ours, theirs)], axis=0)
    edges = np.linspace(low, high, BINS + 1)[1:-1]
    shares = [np.bincount(_bin(v, edges), minlength=BINS) / len(v) for v in (ours, theirs)]
    return float(np.minimum(*shares).sum())


def _bin(values: Floats, edges: Floats) -> Ints:
    return np.searchsorted(edges, values, "right").astype(np.int64)


def validate(*tables: Table) -> None:
    """Raise ValueError unless all tables have the same measures, each of at least one piece."""
    for one in tables:
        if one.keys() != tables[0].keys() or not one:
            raise ValueError("tables must have the same measures")
        if len({len(values) for values in one.values()}) != 1 or not len(next(iter(one.values()))):
            raise ValueError("every measure needs a value of each piece, and at least one piece")


def evaluate(
    pieces: Table,
    validation: Table,
    training: Table,
    rng: np.random.Generator,
    resamples: int = RESAMPLES,
) -> Json:
    """The overlap of pieces with validation songs, its ceiling, and the mean share of that.

    Intervals are the bootstrap's; all three sets are resampled. For a fair ceiling give as many
    training songs as pieces. Raises ValueError where :func:`validate` does.
    """
    validate(pieces, validation, training)
    sets = pieces, validation, training
    sizes = [len(next(iter(one.values()))) for one in sets]
    found = _overlaps(*sets)
    drawn = np.array([_overlaps(*_resample(sets, sizes, rng)) for _ in range(resamples)])
    return {
        "n": dict(zip(("pieces", "validation", "training"), sizes, strict=True)),
        "share_of_ceiling": {
            "value": _share_of_ceiling(found),
            "interval": percentiles([_share_of_ceiling(one) for one in drawn]),
            "n": sizes[0],
        },
        "measures": {
            name: {
                "overlap": float(found[row, 0]),
                "interval": percentiles(drawn[:, row, 0].tolist()),
                "ceiling": float(found[row, 1]),
                "median": _median(pieces[name]),
                "median_songs": _median(validation[name]),
            }
            for row, name in enumerate(pieces)
        },
    }


def _overlaps(pieces: Table, validation: Table, training: Table) -> Floats:
    """The overlap of pieces, and of training songs, with validation songs: [measures, 2]."""
    return np.array(
        [
            [overlap(one[name], validation[name]) for one in (pieces, training)]
            for name in validation
        ]
    )


def _resample(
    sets: Sequence[Table], sizes: Sequence[int], rng: np.random.Generator
) -> Iterator[Table]:
    for one, size in zip(sets, sizes, strict=True):
        rows = rng.integers(size, size=size)
        yield {name: values[rows] for name, values in one.items()}


def _share_of_ceiling(overlaps: Floats) -> float:
    """The mean of overlap by ceiling over the measures that have a ceiling."""
    known = np.isfinite(overlaps).all(1) & (overlaps[:, 1] > 0)
    return float((overlaps[known, 0] / overlaps[known, 1]).mean()) if known.any() else math.nan


def _median(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else math.nan
