"""Chord-cut alignment: does the music strike a long chord where the film has a boundary?

Goal: the share of boundaries with a chord of their own within a window (paper, IV-B). The paper
does not say whether its figure is a recall or an intersection over union; both are given.

Conventions: times are seconds, rising. A chord is what the notes say (:func:`find_chords`), not
a CHORD mark. Boundaries and chords are matched one to one. A busy piece hits everything, so a
recall is to be quoted with its precision, its interval and the recall of shuffled boundaries.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Floats
from engine.music.chords import chord_onsets
from engine.score import CHORDAL, Note

FRAME = 1 / 30
SECOND = 1.0
WINDOWS = {"frame": FRAME, "second": SECOND}
"""The paper's two windows, in seconds either side."""

SHUFFLES = 100
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Alignment:
    """How boundaries and chords met within a window.

    deltas: chord minus boundary in seconds, of each matched pair in time order.
    boundaries, chords: how many of each there were.
    The shares are NaN where nothing could be shared.
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
        """Matched of all boundaries: the headline."""
        return _share(self.matched, self.boundaries)

    @property
    def precision(self) -> float:
        """Matched of all chords."""
        return _share(self.matched, self.chords)

    @property
    def iou(self) -> float:
        """Matched of all boundaries and chords, pairs counted once."""
        return _share(self.matched, self.boundaries + self.chords - self.matched)

    @property
    def median_delta(self) -> float:
        """Median distance of the matched pairs in seconds."""
        return float(np.median(np.abs(self.deltas))) if self.deltas else math.nan


def find_chords(notes: Iterable[Note], beat_at: Callable[[Floats], Floats]) -> tuple[float, ...]:
    """Times in seconds of the long chords that guitar and piano play, rising.

    ``beat_at`` maps seconds to quarter notes, whole arrays at a time (as ``TempoMap.beat_at``).
    What a chord is, and the form for arrays: :mod:`engine.music.chords`.
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


def validate(boundaries: Sequence[float], chords: Sequence[float]) -> None:
    """Raises ValueError unless both are finite, non-negative and rising."""
    for name, times in (("boundaries", boundaries), ("chords", chords)):
        array = np.asarray(times, np.float64)
        if array.ndim != 1 or not np.isfinite(array).all():
            raise ValueError(f"{name} must be a list of finite times")
        if (array < 0).any() or (np.diff(array) < 0).any():
            raise ValueError(f"{name} must be rising times from 0 on")


def alignment(
    boundaries: Sequence[float], chords: Sequence[float], window: float = FRAME
) -> Alignment:
    """Match boundaries and chords one to one, at most ``window`` seconds apart.

    Of all matchings with the most pairs it is one with the least sum of distances.
    """
    validate(boundaries, chords)
    rows, columns = np.asarray(boundaries, np.float64), np.asarray(chords, np.float64)
    distances = np.abs(columns - rows[:, None])
    # A pair counts 1 less so little that all distances together never outweigh one more pair.
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
    """Many films' alignments as one, every boundary counting the same."""
    every = tuple(alignments)
    return Alignment(
        tuple(delta for one in every for delta in one.deltas),
        sum(one.boundaries for one in every),
        sum(one.chords for one in every),
    )


def shuffled(
    boundaries: Sequence[float], duration: float, rng: np.random.Generator
) -> tuple[float, ...]:
    """Boundaries as far apart as these, elsewhere: the gaps permuted, from a random start.

    The film is taken as a circle of ``duration`` seconds, so that no gap is lost at its ends.
    """
    times = np.asarray(boundaries, np.float64)
    if not len(times):
        return ()
    gaps = np.diff(times, append=times[0] + duration)
    moved = (rng.uniform(0, duration) + np.cumsum(rng.permutation(gaps))) % duration
    return tuple(np.sort(moved).tolist())


def wilson(successes: int, trials: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's score interval of a proportion, 95% by default; 0..1 when nothing was tried."""
    if not trials:
        return 0.0, 1.0
    share, weight = successes / trials, z * z / trials
    middle = (share + weight / 2) / (1 + weight)
    half = math.sqrt(weight * (share * (1 - share) + weight / 4)) / (1 + weight)
    return max(0.0, middle - half), min(1.0, middle + half)


def evaluate(
    boundaries: Sequence[float],
    chords: Sequence[float],
    duration: float,
    rng: np.random.Generator,
) -> dict[str, dict[str, float | list[float] | None]]:
    """All measures by window (``frame``, ``second``), fit for JSON: None where undefined.

    ``shuffled`` is the mean recall over :data:`SHUFFLES` shuffles of the boundaries.
    """
    placed = [shuffled(boundaries, duration, rng) for _ in range(SHUFFLES)]
    report: dict[str, dict[str, float | list[float] | None]] = {}
    for name, window in WINDOWS.items():
        found = alignment(boundaries, chords, window)
        chance = pool(alignment(times, chords, window) for times in placed)
        shares = {
            "recall": found.recall,
            "precision": found.precision,
            "iou": found.iou,
            "median_delta": found.median_delta,
            "shuffled": chance.recall,
        }
        report[name] = {
            "matched": found.matched,
            "boundaries": found.boundaries,
            "chords": found.chords,
            "interval": list(wilson(found.matched, found.boundaries)),
            **{key: None if math.isnan(value) else value for key, value in shares.items()},
        }
    return report


def _share(part: int, whole: int) -> float:
    return part / whole if whole else math.nan
