"""Contrast within a film: which scenes are fiercer than the film's own median.

Motion, cutting rate and loudness differ from film to film for reasons that have no emotion: a
style, a microphone, a compressor. Within one film they tell well which scene has more arousal
(Hanjalic and Xu 2005).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Floats
from engine.section import Evidence

NAME = "contrast within the film"

_LEAST_SPREAD = 0.4
"""The least deviation that counts as one, in natural logarithms: a factor of 1.5. A film whose
scenes are all alike has no contrast."""
_MOST = 2.0
_NOTABLE = 0.7
"""Deviations from which a measure is worth a word."""
_DEVIATION = 1.4826
"""From the median absolute deviation to the standard deviation of a normal distribution."""


@dataclass(frozen=True, slots=True, eq=False)
class Contrast:
    """How the units of a film stand to the film's own median.

    borders: of the units, rising from 0 to the end, in seconds [n + 1]. deviations: of each measure
    by name, in deviations from the median, -2..2 [n]; NaN where a unit has no such measure. The
    mean over the film is 0.
    """

    borders: Floats
    deviations: Mapping[str, Floats]

    def between(self, start: float, end: float) -> dict[str, float]:
        """Each measure's mean deviation from ``start`` to ``end`` seconds."""
        shown = np.minimum(self.borders[1:], end) - np.maximum(self.borders[:-1], start)
        found: dict[str, float] = {}
        for name, values in self.deviations.items():
            known = (shown > 0) & ~np.isnan(values)
            if known.any():
                found[name] = float(np.average(values[known], weights=shown[known]))
        return found


def contrast(borders: Sequence[float], activities: Sequence[Mapping[str, float]]) -> Contrast:
    """The contrast of a film. borders: of its units [n + 1]. activities: of each unit [n]."""
    edges: Floats = np.array(borders, np.float64)
    lengths = np.diff(edges)
    deviations: dict[str, Floats] = {}
    for name in sorted({name for activity in activities for name in activity}):
        values = np.array([activity.get(name, np.nan) for activity in activities])
        known = ~np.isnan(values)
        median = _median(values[known], lengths[known])
        spread = _DEVIATION * _median(np.abs(values[known] - median), lengths[known])
        deviation = np.clip((values - median) / max(spread, _LEAST_SPREAD), -_MOST, _MOST)
        # The film as a whole keeps the arousal that was read directly.
        deviation -= np.average(deviation[known], weights=lengths[known])
        deviations[name] = deviation
    return Contrast(edges, deviations)


def notable(start: float, deviations: Mapping[str, float]) -> list[Evidence]:
    """What differs from the rest of the film, as evidence at ``start`` seconds."""
    return [
        Evidence(
            start,
            NAME,
            f"{name} {'above' if value > 0 else 'below'} the film's median",
            round(abs(value) / _MOST, 2),
        )
        for name, value in deviations.items()
        if abs(value) > _NOTABLE
    ]


def _median(values: Floats, weights: Floats) -> float:
    """The weighted median."""
    order = np.argsort(values, kind="stable")
    passed = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(passed, passed[-1] / 2)])
