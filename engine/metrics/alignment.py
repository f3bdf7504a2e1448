"""Chord-cut alignment: does a long chord begin where the film has a boundary?

Goal: the share of boundaries with a chord of their own within a window (paper, IV-B). The paper
does not say whether its figure is a recall or an intersection over union (IoU). Both are given.

Conventions: times are seconds, rising. A chord is what the notes say (:func:`find_chords`), not a
CHORD token. Boundaries and chords are matched one to one. A busy piece hits every boundary. So
quote a recall with its precision, its interval and the recall of shuffled boundaries.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Floats
from engine.metrics.statistics import Json, proportion
from engine.music.chords import chord_onsets
from engine.score import CHORDAL, Note

FRAME = 1 / 30
SECOND = 1.0
WINDOWS = {"frame": FRAME, "second": SECOND}
"""The paper's two windows, in seconds either side."""
SHUFFLES = 20
"""How often :func:`evaluate` shuffles the boundaries of each film."""
_ROUNDING = 1e-9

Times = Sequence[float]
"""Seconds, rising."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """How boundaries and chords match within a window.

    deltas: chord minus boundary in seconds, of each matched pair in time order.
    boundaries, chords: how many of each there were.
    A share is NaN if its denominator is 0.
    """

    deltas: tuple[float, ...]
    boundaries: int
    chords: int

    @property
    def matched(self) -> int:
        """Boundaries that have a chord of their own."""
        return len(self.deltas)

    @property
    def recall(self) -> float:
        """Matched pairs as a share of the boundaries: the headline."""
        return _share(self.matched, self.boundaries)

    @property
    def precision(self) -> float:
        """Matched pairs as a share of the chords."""
        return _share(self.matched, self.chords)

    @property
    def union(self) -> int:
        """Boundaries and chords together, each matched pair counted once."""
        return self.boundaries + self.chords - self.matched

    @property
    def median_delta(self) -> float:
        """Median distance of the matched pairs in seconds."""
        return float(np.median(np.abs(self.deltas))) if self.deltas else math.nan


def find_chords(notes: Iterable[Note], beat_at: Callable[[Floats], Floats]) -> tuple[float, ...]:
    """Times in seconds of the long chords that guitar and piano play, rising.

    ``beat_at`` maps an array of seconds to quarter notes (as ``TempoMap.beat_at``).
    :mod:`engine.music.chords` defines a chord, and finds chords in arrays.
    """
    chordal = [note for note in notes if note.instrument in CHORDAL]
    onsets = np.array([note.onset for note in chordal], np.float64)
    beats = beat_at(onsets)
    ends = beat_at(np.array([note.end for note in chordal], np.float64))
    pitches = np.array([note.pitch for note in chordal], np.int64)
    parts = np.array([CHORDAL.index(note.instrument) for note in chordal], np.int64)
    of_part = [parts == part for part in range(len(CHORDAL))]
    chords = chord_onsets((beats[mine], ends[mine], pitches[mine]) for mine in of_part)
    order = np.argsort(beats, kind="stable")
    return tuple(onsets[order[np.searchsorted(beats, chords, sorter=order)]].tolist())


def validate(boundaries: Times, chords: Times) -> None:
    """Raise ValueError unless both are finite, non-negative and rising."""
    for name, times in (("boundaries", boundaries), ("chords", chords)):
        array = np.asarray(times, np.float64)
        if array.ndim != 1 or not np.isfinite(array).all():
            raise ValueError(f"{name} must be a list of finite times")
        if (array < 0).any() or (np.diff(array) < 0).any():
            raise ValueError(f"{name} must be rising times from 0 on")


def alignment(boundaries: Times, chords: Times, window: float = FRAME) -> Alignment:
    """Match boundaries and chords one to one, at most ``window`` seconds apart.

    The result has the most pairs, and among such matchings the least sum of distances.
    Raises ValueError where :func:`validate` does.
    """
    validate(boundaries, chords)
    rows, columns = np.asarray(boundaries, np.float64), np.asarray(chords, np.float64)
    distances = np.abs(columns - rows[:, None])
    # Distances lower the worth of a pair so little that all together never outweigh one more pair.
    worth = 1 - distances / (window * (len(rows) + 1))
    worth[distances > window + _ROUNDING] = -np.inf
    # On a line the best matching need not cross itself, as in the alignment of two sequences.
    best = np.zeros((len(rows) + 1, len(columns) + 1))
    for i, row in enumerate(worth):
        best[i + 1, 1:] = np.maximum(best[i, 1:], best[i, :-1] + row)
        np.maximum.accumulate(best[i + 1], out=best[i + 1])
    deltas = []
    i, j = len(rows), len(columns)
    while i and j:
        if best[i, j] == best[i - 1, j]:
            i -= 1
        elif best[i, j] == best[i, j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            deltas.append(float(columns[j] - rows[i]))
    return Alignment(tuple(reversed(deltas)), len(rows), len(columns))


def pool(alignments: Iterable[Alignment]) -> Alignment:
    """Join the alignments of many films; every boundary counts the same."""
    every = tuple(alignments)
    return Alignment(
        tuple(delta for one in every for delta in one.deltas),
        sum(one.boundaries for one in every),
        sum(one.chords for one in every),
    )


def shuffled(boundaries: Times, duration: float, rng: np.random.Generator) -> tuple[float, ...]:
    """Other boundaries with the same gaps, permuted, from a random start.

    The film counts as a circle of ``duration`` seconds, so that no gap is lost at its ends.
    """
    times = np.asarray(boundaries, np.float64)
    if not len(times):
        return ()
    gaps = np.diff(times, append=times[0] + duration)
    moved = (rng.uniform(0, duration) + np.cumsum(rng.permutation(gaps))) % duration
    return tuple(np.sort(moved).tolist())


def evaluate(
    films: Sequence[tuple[Times, float]], chords: Sequence[Times], rng: np.random.Generator
) -> Json:
    """Recall, precision and IoU by window, each with interval and n, beside the chance level.

    films: boundaries and duration of each film, in seconds. chords: those of each film's music.
    The chance level ``shuffled_recall`` pools :data:`SHUFFLES` shuffles of each film.
    Raises ValueError where :func:`validate` does, or if the lists differ in length.
    """
    shuffles = [
        (shuffled(boundaries, duration, rng), times)
        for (boundaries, duration), times in zip(films, chords, strict=True)
        for _ in range(SHUFFLES)
    ]
    pairs = [(boundaries, times) for (boundaries, _), times in zip(films, chords, strict=True)]
    report: Json = {}
    for name, window in WINDOWS.items():
        found, chance = _pooled(pairs, window), _pooled(shuffles, window)
        report[name] = {
            "recall": proportion(found.matched, found.boundaries),
            "precision": proportion(found.matched, found.chords),
            "iou": proportion(found.matched, found.union),
            "shuffled_recall": chance.recall,
            "recall_less_shuffled": found.recall - chance.recall,
            "median_delta": found.median_delta,
            "deltas": [round(delta, 4) for delta in found.deltas],
        }
    return report


def _pooled(pairs: Iterable[tuple[Times, Times]], window: float) -> Alignment:
    return pool(alignment(boundaries, chords, window) for boundaries, chords in pairs)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else math.nan
