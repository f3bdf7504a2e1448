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


@dataclass(frozen=True, slots=True)
class Contrast:
    """The film's own scale of activity. medians, spreads: of each measure, by name."""

    medians: Mapping[str, float]
    spreads: Mapping[str, float]

    def of(self, activity: Mapping[str, float]) -> float | None:
        """How a stretch stands to the film's median, in deviations, -2..2; None if unknown."""
        deviations = self.by_measure(activity)
        return float(np.mean(list(deviations.values()))) if deviations else None

    def by_measure(self, activity: Mapping[str, float]) -> dict[str, float]:
        """``of`` by measure."""
        return {
            name: float(np.clip((value - self.medians[name]) / self.spreads[name], -_MOST, _MOST))
            for name, value in activity.items()
            if name in self.medians
        }


def contrast(activities: Sequence[Mapping[str, float]], seconds: Sequence[float]) -> Contrast:
    """The scale of a film. activities: of its scenes. seconds: how long each lasts."""
    medians: dict[str, float] = {}
    spreads: dict[str, float] = {}
    for name in sorted({name for activity in activities for name in activity}):
        pairs = [
            (activity[name], length)
            for activity, length in zip(activities, seconds, strict=True)
            if name in activity
        ]
        values, lengths = np.array(pairs).T
        median = _median(values, lengths)
        medians[name] = median
        spread = _DEVIATION * _median(np.abs(values - median), lengths)
        spreads[name] = max(spread, _LEAST_SPREAD)
    return Contrast(medians, spreads)


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
