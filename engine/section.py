"""A stretch of film with one emotion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

EKMAN = ("anger", "disgust", "fear", "joy", "sadness", "surprise")
"""Ekman's six basic emotions, in the order of every probability vector (paper, III-B4)."""


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of film with one emotion.

    start, end: seconds. probabilities: by Ekman emotion, with the sum 1; empty if the user gave
    valence and arousal. valence, arousal: -1..1; NaN if unknown (JSON: null). source: where the
    emotion comes from, e.g. ``"colour, motion, cutting rate"`` or ``"user"``.
    """

    start: float
    end: float
    probabilities: Mapping[str, float]
    valence: float
    arousal: float
    source: str
