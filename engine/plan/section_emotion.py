"""The emotion of sections that a plan goes by, where some of it is unknown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engine.music.conditions import known
from engine.plan.tempo_search import USUAL_AROUSAL
from engine.section import Section


def mean_emotion(sections: Sequence[Section]) -> tuple[float, float]:
    """Valence and arousal of a film, by the length of its sections; NaN where unknown."""
    return (
        _mean([section.valence for section in sections], sections),
        _mean([section.arousal for section in sections], sections),
    )


def _mean(values: Sequence[float], sections: Sequence[Section]) -> float:
    """The mean of the known values, by the length of their sections; NaN if none is known."""
    lengths = np.array([section.end - section.start for section in sections])
    found = np.array(values)
    there = ~np.isnan(found)
    return float(np.average(found[there], weights=lengths[there])) if there.any() else math.nan


def with_emotion(sections: Sequence[Section]) -> list[Section]:
    """The sections, with the film's mean where the emotion is unknown."""
    mean_valence, mean_arousal = mean_emotion(sections)
    valence, arousal = known(mean_valence, 0.0), known(mean_arousal, USUAL_AROUSAL)
    return [
        replace(s, valence=known(s.valence, valence), arousal=known(s.arousal, arousal))
        for s in sections
    ]
