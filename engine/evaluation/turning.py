"""Does the music turn where the film does? Cue sheets of two sections with different emotions.

Goal: arousal and valence of the second half differ from those of the first in the direction that
was asked for. The judge of :mod:`engine.evaluation.emotion_judge` hears each half as a piece of its
own. Counts that need no judge stand beside it (:mod:`engine.metrics.turning`).

Static pieces are for the same films, with the mean emotion throughout. Their halves differ by
chance, and because a piece has an introduction and a climax.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from engine.arrays import Floats
from engine.emotion.words import meaning
from engine.evaluation.request import Request
from engine.metrics.features import feature_vector
from engine.metrics.regression import Ridge
from engine.metrics.statistics import Json, distribution, proportion
from engine.metrics.turning import bars_until_noticed, counts, part, seam
from engine.music.conditions import EMOTION
from engine.score import Score

TURNS = (
    ("lonely", "anger"), ("joy", "fear"), ("tender", "tense"), ("calm", "frantic"),
    ("sadness", "joy"), ("peaceful", "menacing"), ("dark", "triumphant"),
    ("excited", "melancholic"), ("anger", "peaceful"), ("playful", "mournful"),
    ("solemn", "epic"), ("romantic", "aggressive"), ("frantic", "serene"),
    ("hopeful", "desperate"), ("suspenseful", "gentle"), ("gloomy", "playful"),
    ("nostalgic", "agitated"), ("fear", "tender"), ("heroic", "lonely"), ("mysterious", "happy"),
)  # fmt: skip
"""The emotions of the two sections of each cue sheet."""
DURATIONS = (40.0, 44.0, 48.0, 52.0, 56.0, 60.0)
"""The lengths of the films in seconds; the sections meet in the middle, at a boundary."""
RISES_WITH = {
    "notes_a_second": "arousal", "mean_velocity": "arousal", "drums_share": "arousal",
    "mean_pitch": "valence",
}  # fmt: skip
"""The counts that should move as a coordinate does."""
SOON = 2
"""The bars within which a change should be noticeable."""


def requests(seed: int) -> list[Request]:
    """A piece for each of :data:`TURNS`."""
    asked = []
    for number, (first, second) in enumerate(TURNS):
        duration = DURATIONS[number % len(DURATIONS)]
        (_, before), (_, after) = meaning(first), meaning(second)
        half = duration / 2
        asked.append(Request(duration, seed + number, *before, (half,), turns=((half, *after),)))
    return asked


def static(request: Request) -> Request:
    """The same film with the mean emotion throughout."""
    (_, *second) = request.turns[0]
    valence, arousal = (np.add((request.valence, request.arousal), second) / 2).tolist()
    return replace(request, valence=valence, arousal=arousal, turns=())


def evaluate(
    asked: Sequence[Request],
    scores: Sequence[Score],
    static_scores: Sequence[Score],
    judges: Mapping[str, Ridge] | None,
) -> Json:
    """How the halves differ, beside those of static pieces.

    asked, scores, static_scores: in one order. judges: of valence and arousal; None for counts
    alone.
    """
    changes = [request.turns[0][0] for request in asked]
    bars = [bars_until_noticed(s, change) for s, change in zip(scores, changes, strict=True)]
    asked_for = {name: np.array([_step(one, name) for one in asked]) for name in EMOTION}
    report: Json = {
        "pieces": len(asked),
        "bars_until_noticed": {
            **distribution([bar or math.nan for bar in bars]),
            "soon": proportion(sum(0 < bar <= SOON for bar in bars), len(bars)),
        },
        "seam": distribution([seam(s, at) for s, at in zip(scores, changes, strict=True)]),
        "turns": [
            {"from": first, "to": second, "bars": bar}
            for (first, second), bar in zip(TURNS, bars, strict=False)
        ],
        "asked": {name: steps.tolist() for name, steps in asked_for.items()},
    }
    for kind, some in (("turning", scores), ("static", static_scores)):
        halves = [_halves(score, change) for score, change in zip(some, changes, strict=True)]
        report[kind] = _moved(halves, asked_for, judges)
    return report


def _step(request: Request, name: str) -> float:
    """By how much valence or arousal rises from the first section to the second."""
    return request.turns[0][1 + EMOTION.index(name)] - float(getattr(request, name))


def _halves(score: Score, change: float) -> tuple[Score, Score]:
    return part(score, 0.0, change), part(score, change, score.duration)


def _moved(
    halves: Sequence[tuple[Score, Score]],
    asked: Mapping[str, Floats],
    judges: Mapping[str, Ridge] | None,
) -> Json:
    """How often the halves differ in the direction asked for, as judged and as counted."""
    found: Json = {}
    if judges is not None:
        features = [np.array([feature_vector(half) for half in pair]) for pair in halves]
        for name, judge in judges.items():
            steps = np.array([np.diff(judge(pair))[0] for pair in features])
            found[name] = _share(steps, asked[name])
    counted = [[counts(half) for half in pair] for pair in halves]
    found["counts"] = {
        name: _share(np.array([b[name] - a[name] for a, b in counted]), asked[coordinate])
        for name, coordinate in RISES_WITH.items()
    }
    return found


def _share(steps: Floats, asked: Floats) -> Json:
    """How often steps [n] have the sign of those asked for; steps of 0 and NaN do not."""
    with np.errstate(invalid="ignore"):
        right = int((steps * asked > 0).sum())
    return {**proportion(right, len(steps)), "steps": np.round(steps, 4).tolist()}
