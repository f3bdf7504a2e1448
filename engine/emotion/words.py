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
        "hopeful": (0.5, 0.1),
        "happy": (0.85, 0.2),
        "cheerful": (0.67, 0.22),
        "magical": (0.4, 0.22),
        "playful": (0.65, 0.4),
        "triumphant": (0.72, 0.65),
        "majestic": (0.42, 0.38),
        "heroic": (0.57, 0.55),
        "curious": (0.2, 0.2),
        "excited": (0.6, 0.75),
        "epic": (0.35, 0.9),
        "passionate": (0.2, 0.55),
        "energetic": (0.24, 0.7),
        "urgent": (0.1, 0.85),
        "dramatic": (0.02, 0.72),
        "frantic": (-0.1, 0.95),
        "restless": (-0.12, 0.35),
        "nervous": (-0.2, 0.55),
        "tense": (-0.3, 0.75),
        "aggressive": (-0.45, 0.85),
        "agitated": (-0.37, 0.6),
        "suspenseful": (-0.3, 0.4),
        "anxious": (-0.45, 0.47),
        "menacing": (-0.76, 0.5),
        "uneasy": (-0.45, 0.28),
        "desperate": (-0.87, 0.3),
        "ominous": (-0.58, 0.18),
        "eerie": (-0.4, 0.08),
        "dark": (-0.7, 0.05),
        "tragic": (-0.83, -0.1),
        "mysterious": (-0.25, -0.05),
        "bleak": (-0.6, -0.12),
        "mournful": (-0.8, -0.45),
        "sombre": (-0.42, -0.28),
        "gloomy": (-0.55, -0.42),
        "lonely": (-0.65, -0.6),
        "longing": (-0.27, -0.32),
        "melancholic": (-0.4, -0.5),
        "wistful": (-0.12, -0.25),
        "cold": (-0.3, -0.65),
        "solemn": (-0.1, -0.45),
        "bittersweet": (0.02, -0.15),
        "reflective": (0.1, -0.55),
        "nostalgic": (0.15, -0.35),
        "calm": (0.3, -0.7),
        "serene": (0.45, -0.8),
        "dreamy": (0.3, -0.5),
        "peaceful": (0.6, -0.6),
        "gentle": (0.45, -0.42),
        "lyrical": (0.25, -0.22),
        "intimate": (0.4, -0.27),
        "tender": (0.65, -0.35),
        "noble": (0.38, -0.12),
        "warm": (0.58, -0.18),
        "romantic": (0.75, -0.1),
        "neutral": (0.0, 0.0),
    }
)
"""Word -> (valence, arousal), each -1..1; once round the circle, then the middle."""

Emotion = str | tuple[float, float]
"""A word of ``EMOTIONS``, or (valence, arousal), each -1..1."""

EMOTIONS = (*EKMAN, *WORDS)
"""Every word that stands for an emotion: Ekman's six, which have probabilities, then the others."""
SYNONYMS: Mapping[str, str] = MappingProxyType(
    {
        "angry": "anger",
        "disgusted": "disgust",
        "fearful": "fear",
        "joyful": "joy",
        "sad": "sadness",
        "surprised": "surprise",
        "furious": "anger",
        "scary": "fear",
        "heartbroken": "sadness",
        "somber": "sombre",
        "scared": "fear",
        "funny": "playful",
        "comic": "playful",
        "relaxed": "peaceful",
    }
)
"""Other words that a user may give -> the word that they stand for."""


def unknown_emotion(word: str) -> EmsyncError:
    """The error about a word that is no emotion; it gives the nearest words, else all."""
    near = get_close_matches(word.lower(), (*EMOTIONS, *SYNONYMS))
    if near:
        give = f"{' or '.join(near)}; docs/emotion.md has all words"
    else:
        give = f"one of {', '.join(EMOTIONS)}"
    return EmsyncError(f"unknown emotion {word[:40]!r}: give {give}")


def meaning(word: str, mu_max: float = MU_MAX) -> tuple[dict[str, float], tuple[float, float]]:
    """The probabilities and (valence, arousal) of a word.

    One of Ekman's emotions is certain. Another word has a point of its own, and no probabilities.
    ``mu_max`` scales all of them: at :data:`~engine.emotion.mapping.MU_MAX` a word's point is as
    listed. Raises EmsyncError for an unknown word.
    """
    word = SYNONYMS.get(word, word)
    if word in EKMAN:
        certain = {name: float(name == word) for name in EKMAN}
        return certain, mixture_mean(certain, scale(mu_max))
    if word in WORDS:
        factor = mu_max / MU_MAX
        valence, arousal = (min(1.0, max(-1.0, factor * x)) for x in WORDS[word])
        return {}, (valence, arousal)
    raise unknown_emotion(word)


def nearest_word(valence: float, arousal: float) -> str:
    """The word whose point lies nearest to a point (each -1..1)."""
    points = {name: (g.valence, g.arousal) for name, g in scale().items()} | dict(WORDS)
    return min(points, key=lambda word: math.dist(points[word], (valence, arousal)))


def word_of(section: Section) -> str:
    """The word for a section's emotion: the user's own, or else the nearest."""
    return section.word or nearest_word(section.valence, section.arousal)


def felt(start: float, end: float, emotion: Emotion, mu_max: float = MU_MAX) -> Section:
    """A section from ``start`` to ``end`` seconds with the user's emotion.

    mu_max: scales the point of a word; valence and arousal hold as given. Raises EmsyncError for
    an unknown word.
    """
    probabilities, (valence, arousal) = (
        meaning(emotion, mu_max) if isinstance(emotion, str) else ({}, emotion)
    )
    word = emotion if isinstance(emotion, str) else ""
    return Section(start, end, probabilities, valence, arousal, "user", word=word)
