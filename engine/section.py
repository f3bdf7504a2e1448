"""A stretch of film with one emotion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

EKMAN = ("anger", "disgust", "fear", "joy", "sadness", "surprise")
"""Ekman's six basic emotions, in the order of every probability vector (paper, III-B4)."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One observation and what it says, for a person to read.

    time: seconds from the score's zero. expert: the name of the expert that made it. text: such as
    ``"two faces, smiling .8"``. weight: how much it counts beside others, 0..1.
    """

    time: float
    expert: str
    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of film with one emotion.

    start, end: seconds. probabilities: by Ekman emotion, with the sum 1; empty if the user gave
    valence and arousal. valence, arousal: -1..1; NaN if unknown (JSON: null). source: where the
    emotion comes from, e.g. ``"look, faces"`` or ``"user"``. evidence: why, strongest first.
    arousal_from: the share of the arousal that comes from each source, with the sum 1; empty where
    nobody read it. word: that the user gave, whatever the intensity makes of it; else empty.
    """

    start: float
    end: float
    probabilities: Mapping[str, float]
    valence: float
    arousal: float
    source: str
    evidence: tuple[Evidence, ...] = ()
    arousal_from: Mapping[str, float] = field(default_factory=dict)
    word: str = ""


def section_at(sections: Sequence[Section], seconds: float) -> Section:
    """The section at a time; beyond the end the last one. sections: one or more, by start."""
    return next((s for s in sections if seconds < s.end), sections[-1])
