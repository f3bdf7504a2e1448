"""Do chords come where boundaries are asked for? Pieces are composed for films drawn at random.

Goal: recall, precision and IoU over many random lists of boundaries, pooled, so that every boundary
counts the same (:mod:`engine.metrics.alignment`). A chord is what the notes say. The same figures
for CHORD tokens show how many of them the notes keep. The composer knows the boundaries through
their offsets only; no token is favoured or forbidden because of them.

Conventions: gaps are uniform within :data:`GAPS`. The beginning and the end of the film count as
boundaries here, so that two beats find room wherever a chord is asked for. A planned piece ends
with a chord. The cue sheet of a film asks for it, these lists do not, so it does not count here.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.evaluation.request import Request, draw_emotion
from engine.metrics import alignment
from engine.metrics.statistics import Json
from engine.music.tempo import tempo_map
from engine.score import Score

GAPS = (4.0, 15.0)
"""The least and the greatest gap, in seconds."""
DURATIONS = (30.0, 60.0)
"""Of the pieces, in seconds, in turns."""


def random_boundaries(duration: float, rng: np.random.Generator) -> tuple[float, ...]:
    """Rising times in seconds with gaps of :data:`GAPS`, also before the first and to the end."""
    times: list[float] = []
    now = float(rng.uniform(*GAPS))
    while now <= duration - GAPS[0]:
        times.append(now)
        now += float(rng.uniform(*GAPS))
    return tuple(times)


def requests(boundaries: int, rng: np.random.Generator) -> list[Request]:
    """As many pieces as have at least ``boundaries`` together, equally many of each duration."""
    asked: list[Request] = []
    count = 0
    while count < boundaries or len(asked) % len(DURATIONS):
        duration = DURATIONS[len(asked) % len(DURATIONS)]
        valence, arousal = draw_emotion(rng)
        times = random_boundaries(duration, rng)
        asked.append(Request(duration, len(asked), valence, arousal, times))
        count += len(times)
    return asked


def note_chords(score: Score) -> tuple[float, ...]:
    """The long chords in a score's notes, in seconds."""
    return alignment.find_chords(score.notes, tempo_map(score).beat_at)


def without_last(request: Request, chords: Sequence[float]) -> tuple[float, ...]:
    """The chords of a planned piece but for its last one, unless a boundary asks for that."""
    plan = request.plan()
    if plan.last_chord is None:
        return tuple(chords)
    last = plan.seconds_at(plan.last_chord)
    if any(abs(boundary - last) < alignment.SECOND for boundary in request.boundaries):
        return tuple(chords)
    return tuple(chord for chord in chords if chord < last - alignment.FRAME)


def evaluate(
    asked: Sequence[Request], scores: Sequence[Score], rng: np.random.Generator, free: bool = True
) -> Json:
    """Figures for chords in the notes, over all pieces and by duration, and for CHORD tokens.

    asked, scores: the requests and their pieces, in the same order. free: they are in free time.
    """
    found = [note_chords(score) for score in scores]
    marked = [score.chords for score in scores]
    if not free:
        found = list(map(without_last, asked, found))
        marked = list(map(without_last, asked, marked))
    films = [(request.boundaries, request.duration) for request in asked]
    return {
        "films": len(films),
        "notes": alignment.evaluate(films, found, rng),
        "tokens": alignment.evaluate(films, marked, rng),
        "notes_by_duration": {
            f"{duration:g}": alignment.evaluate(
                [film for film in films if film[1] == duration],
                [chords for chords, film in zip(found, films, strict=True) if film[1] == duration],
                rng,
            )
            for duration in sorted({film[1] for film in films})
        },
    }
