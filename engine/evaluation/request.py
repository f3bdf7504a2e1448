"""A piece to compose for a measurement."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from engine.composing.config import GenerationConfig
from engine.composing.sampling import Sampling
from engine.cues import CueSheet, Video
from engine.hits import hits_at
from engine.music.conditions import KEYS, METRES, UNKNOWN, Conditions
from engine.originality.fingerprint import shipped_fingerprint
from engine.plan.plan import Plan
from engine.plan.plan_options import PlanOptions
from engine.plan.planner import plan_piece
from engine.section import Section

EMOTION_RANGE = 0.8
"""Valence and arousal are drawn up to this far from 0, as those of films are."""


@dataclass(frozen=True, slots=True)
class Request:
    """A piece for all five instruments.

    duration, boundaries: seconds. valence, arousal: -1..1 for the whole piece, NaN unknown.
    conditions: other conditions. turns: the start in seconds, valence and arousal of each section
    after the first, rising. The same seed gives the same piece.
    """

    duration: float
    seed: int
    valence: float = UNKNOWN
    arousal: float = UNKNOWN
    boundaries: tuple[float, ...] = ()
    conditions: Conditions = field(default_factory=Conditions)
    turns: tuple[tuple[float, float, float], ...] = ()

    def cues(self) -> CueSheet:
        """The request as the cue sheet of a film without a picture."""
        film = Video("", self.duration, 1.0, 1, 1)
        moods = ((0.0, self.valence, self.arousal), *self.turns)
        ends = (*(start for start, _, _ in self.turns), self.duration)
        sections = tuple(
            Section(start, end, {}, valence, arousal, "evaluation")
            for (start, valence, arousal), end in zip(moods, ends, strict=True)
        )
        return CueSheet(film, 0.0, self.duration, (), hits_at(self.boundaries), sections)

    def config(self, sampling: Sampling) -> GenerationConfig:
        """How to compose the piece in free time; a plan says more."""
        return GenerationConfig(
            self.seed,
            sampling=sampling,
            conditions=self.conditions,
            fingerprint=shipped_fingerprint(),
        )

    def plan(self) -> Plan:
        """The plan of the piece, as a user gets it who asks for these conditions."""
        asked = self.conditions
        options = PlanOptions(
            self.seed,
            bpm=None if math.isnan(asked.tempo) else asked.tempo,
            time_signature=None if math.isnan(asked.metre) else METRES[int(asked.metre)],
            key=None if math.isnan(asked.key) else KEYS[int(asked.key)],
            density=None if math.isnan(asked.density) else asked.density,
        )
        return plan_piece(self.cues(), options)


def draw_emotion(rng: np.random.Generator) -> tuple[float, float]:
    """Valence and arousal, uniform within :data:`EMOTION_RANGE`."""
    valence, arousal = rng.uniform(-EMOTION_RANGE, EMOTION_RANGE, 2).tolist()
    return valence, arousal
