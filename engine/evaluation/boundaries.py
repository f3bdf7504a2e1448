"""Do chords come where boundaries are asked for, in music composed for films made up by chance?

Goal: recall, precision and intersection over union over many random lists of boundaries, pooled,
with every boundary counting the same (:mod:`engine.metrics.alignment`). A chord is what the notes
say; the same figures for CHORD tokens show how many marks are kept. The composer knows of the
boundaries through their offsets alone: no token is favoured or forbidden because of them.

Conventions: gaps are uniform within :data:`GAPS`, the beginning and the end of the film being
boundaries in this alone, so that no chord is asked for where two beats find no room.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from engine.evaluation.pieces import Request
from engine.metrics.alignment import WINDOWS, Alignment, alignment, find_chords, pool, shuffled
from engine.metrics.statistics import Json, proportion
from engine.music.tempo import tempo_map
from engine.score import Score

GAPS = (4.0, 15.0)
"""The least and the greatest gap, in seconds."""
DURATIONS = (30.0, 60.0)
SHUFFLES = 20
"""Of each list."""
EMOTION = 0.8
"""Valence and arousal are uniform up to this far from 0, as a film's are."""

Times = Sequence[float]


def random_boundaries(duration: float, rng: np.random.Generator) -> tuple[float, ...]:
    """Rising times in seconds, with gaps of :data:`GAPS`, the last one to the end included."""
    times: list[float] = []
    now = float(rng.uniform(*GAPS))
    while now <= duration - GAPS[0]:
        times.append(now)
        now += float(rng.uniform(*GAPS))
    return tuple(times)


def requests(boundaries: int, rng: np.random.Generator) -> list[Request]:
    """Pieces of :data:`DURATIONS` by turns, until they have so many boundaries between them."""
    asked: list[Request] = []
    count = 0
    while count < boundaries or len(asked) % len(DURATIONS):
        duration = DURATIONS[len(asked) % len(DURATIONS)]
        valence, arousal = rng.uniform(-EMOTION, EMOTION, 2).tolist()
        times = random_boundaries(duration, rng)
        asked.append(Request(duration, len(asked), valence, arousal, times))
        count += len(times)
    return asked


def note_chords(score: Score) -> tuple[float, ...]:
    """The long chords in a score's notes, in seconds."""
    return find_chords(score.notes, tempo_map(score).beat_at)


def evaluate(asked: Sequence[Request], scores: Sequence[Score], rng: np.random.Generator) -> Json:
    """The figures for chords in the notes, over all and by duration, and for CHORD tokens."""
    found = [note_chords(score) for score in scores]
    marked = [score.chords for score in scores]
    films = [(request.boundaries, request.duration) for request in asked]
    return {
        "films": len(films),
        "notes": figures(films, found, rng),
        "tokens": figures(films, marked, rng),
        "notes_by_duration": {
            f"{duration:g}": figures(
                [film for film in films if film[1] == duration],
                [chords for chords, film in zip(found, films, strict=True) if film[1] == duration],
                rng,
            )
            for duration in sorted({film[1] for film in films})
        },
    }


def figures(
    films: Sequence[tuple[Times, float]], chords: Sequence[Times], rng: np.random.Generator
) -> Json:
    """By window: recall, precision and IoU, each with interval and n, and what chance gives.

    films: boundaries and duration of each, in seconds. chords: those struck in each.
    """
    moved = [
        (shuffled(boundaries, duration, rng), struck)
        for (boundaries, duration), struck in zip(films, chords, strict=True)
        for _ in range(SHUFFLES)
    ]
    straight = [(film[0], struck) for film, struck in zip(films, chords, strict=True)]
    report: Json = {}
    for name, window in WINDOWS.items():
        met, chance = _met(straight, window), _met(moved, window)
        either = met.boundaries + met.chords - met.matched
        report[name] = {
            "recall": proportion(met.matched, met.boundaries),
            "precision": proportion(met.matched, met.chords),
            "iou": proportion(met.matched, either),
            "shuffled_recall": chance.recall,
            "recall_less_shuffled": met.recall - chance.recall,
            "median_delta": met.median_delta,
            "deltas": [round(delta, 4) for delta in met.deltas],
        }
    return report


def _met(pairs: Iterable[tuple[Times, Times]], window: float) -> Alignment:
    return pool(alignment(boundaries, chords, window) for boundaries, chords in pairs)
