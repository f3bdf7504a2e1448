"""What is read from a stretch of film: six probabilities, a point on the plane, and the reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.emotion.mapping import UNIFORM, Gaussian
from engine.section import Evidence


@dataclass(frozen=True, slots=True)
class Text:
    """Words in the film, spoken or written. start, end: seconds from the score's zero."""

    start: float
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What an expert says of a stretch of film.

    probabilities: of Ekman's six emotions, with the sum 1; near-uniform where evidence is thin.
    point: valence and arousal that were read directly, with their errors; None where the expert
    reads none. An axis that it does not read has a deviation of infinity. confidence: 0..1, the
    share of the stretch that gave evidence, times the expert's reliability; 0 if it says nothing.
    evidence: the strongest observations first, a few.
    """

    probabilities: Mapping[str, float] = field(default_factory=lambda: UNIFORM)
    point: Gaussian | None = None
    confidence: float = 0.0
    evidence: tuple[Evidence, ...] = ()


NOTHING = Reading()
"""The reading of an expert that saw and heard nothing it knows."""
