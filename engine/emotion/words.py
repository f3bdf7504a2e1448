"""Words for the emotion of a film, as points on the valence-arousal plane.

The plane is Russell's circumplex (1980, A circumplex model of affect). On it pleasure lies at 0
degrees, excitement at 45, arousal at 90, distress at 135, displeasure at 180, depression at 225,
sleepiness at 270 and relaxation at 315. We placed each word by hand, between the directions that it
is nearest to; a stronger word lies farther from the middle. The points are judgements, not figures
of a study.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType

from engine.emotion.mapping import MU_MAX, mixture_mean, scale
from engine.errors import EmsyncError
from engine.section import EKMAN, Section

WORDS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "happy": (0.85, 0.2),
        "playful": (0.65, 0.4),
        "triumphant": (0.72, 0.65),
        "excited": (0.6, 0.75),
        "epic": (0.35, 0.9),
        "frantic": (-0.1, 0.95),
        "tense": (-0.3, 0.75),
        "suspenseful": (-0.3, 0.4),
        "dark": (-0.7, 0.05),
        "mysterious": (-0.25, -0.05),
        "lonely": (-0.65, -0.6),
        "melancholic": (-0.4, -0.5),
        "solemn": (-0.1, -0.45),
        "nostalgic": (0.15, -0.35),
        "calm": (0.3, -0.7),
        "peaceful": (0.6, -0.6),
        "tender": (0.65, -0.35),
        "romantic": (0.75, -0.1),
        "hopeful": (0.5, 0.1),
        "neutral": (0.0, 0.0),
    }
)
"""Word -> (valence, arousal), each -1..1; once round the circle, then the middle."""

Emotion = str | tuple[float, float]
"""A word of ``EMOTIONS``, or (valence, arousal), each -1..1."""

EMOTIONS = (*EKMAN, *WORDS)
"""Every word that stands for an emotion: Ekman's six, which have probabilities, then the others."""


def unknown_emotion(word: str) -> EmsyncError:
    """The error about a word that is not in ``EMOTIONS``; it gives the nearest words, else all."""
    near = get_close_matches(word.lower(), EMOTIONS)
    if near:
        give = f"{' or '.join(near)}; docs/emotion.md has all words"
    else:
        give = f"one of {', '.join(EMOTIONS)}"
    return EmsyncError(f"unknown emotion {word[:40]!r}: give {give}")


def meaning(word: str, mu_max: float = MU_MAX) -> tuple[dict[str, float], tuple[float, float]]:
    """The probabilities and (valence, arousal) of a word.

    One of Ekman's emotions is certain, and ``mu_max`` scales its point. Another word has a point
    of its own, and no probabilities. Raises EmsyncError for an unknown word.
    """
    if word in EKMAN:
        certain = {name: float(name == word) for name in EKMAN}
        return certain, mixture_mean(certain, scale(mu_max))
    if word in WORDS:
        return {}, WORDS[word]
    raise unknown_emotion(word)


def nearest_word(valence: float, arousal: float) -> str:
    """The word whose point lies nearest to a point (each -1..1)."""
    points = {name: (g.valence, g.arousal) for name, g in scale().items()} | dict(WORDS)
    return min(points, key=lambda word: math.dist(points[word], (valence, arousal)))


def felt(start: float, end: float, emotion: Emotion) -> Section:
    """A section from ``start`` to ``end`` seconds with the user's emotion.

    Raises EmsyncError for an unknown word.
    """
    probabilities, (valence, arousal) = (
        meaning(emotion) if isinstance(emotion, str) else ({}, emotion)
    )
    return Section(start, end, probabilities, valence, arousal, "user")
