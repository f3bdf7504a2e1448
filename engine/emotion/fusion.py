"""Late fusion of the experts' readings of a stretch of film.

Probabilities are pooled by their logarithms, each expert with its confidence. Valence and arousal
are a product of Gaussians. These are a neutral prior, the paper's mapping of the probabilities as
far as they say anything, and each direct reading with its confidence.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from engine.arrays import Floats
from engine.emotion.mapping import MU_MAX, SCALED, Gaussian, mixture, scale
from engine.emotion.reading import Reading
from engine.section import EKMAN

MappingName = Literal["fusion", "paper"]
"""How probabilities become valence and arousal: with the direct readings, or as in the paper."""

MAPPINGS: tuple[MappingName, ...] = get_args(MappingName)

NEUTRAL = "neutral"
CATEGORIES = "categories"
"""Names of what is no expert, in ``Fused.arousal_from``."""

_PRIOR = 0.6
"""Standard deviation of the neutral prior, about that of an even spread over the plane."""


@dataclass(frozen=True, slots=True)
class Fused:
    """What all experts say together.

    probabilities: of Ekman's six emotions. point: valence and arousal, -1..1, with their errors.
    arousal_from: the share of each source in the arousal, with the sum 1.
    """

    probabilities: Mapping[str, float]
    point: Gaussian
    arousal_from: Mapping[str, float]


def fuse(
    readings: Mapping[str, Reading], probabilities: Mapping[str, float] | None = None
) -> Fused:
    """What readings of one stretch say together. readings: by the name of the expert.

    probabilities: of the fusion network, in place of the experts' own.
    """
    if probabilities is None:
        probabilities = pool(readings)
    mapped = mixture(probabilities, SCALED)
    certainty = 1 - _entropy(probabilities)
    sources: dict[str, tuple[Gaussian, float]] = {
        NEUTRAL: (Gaussian(0.0, _PRIOR, 0.0, _PRIOR), 1.0),
        CATEGORIES: (mapped, certainty),
    }
    for name, reading in readings.items():
        if reading.point is not None:
            sources[name] = (reading.point, reading.confidence)
    valence, valence_sd, _ = _product(
        {name: (g.valence, share / g.valence_sd**2) for name, (g, share) in sources.items()}
    )
    arousal, arousal_sd, shares = _product(
        {name: (g.arousal, share / g.arousal_sd**2) for name, (g, share) in sources.items()}
    )
    return Fused(probabilities, Gaussian(valence, valence_sd, arousal, arousal_sd), shares)


def pool(readings: Mapping[str, Reading]) -> dict[str, float]:
    """The experts' probabilities, multiplied with their confidences as powers."""
    logs = np.zeros(len(EKMAN))
    for reading in readings.values():
        given = np.array([max(reading.probabilities[emotion], _LEAST) for emotion in EKMAN])
        logs += reading.confidence * np.log(given)
    weights = np.exp(logs - logs.max())
    return dict(zip(EKMAN, (weights / weights.sum()).tolist(), strict=True))


def as_in_paper(probabilities: Mapping[str, float], intensity: float = MU_MAX) -> Gaussian:
    """The paper's mapping: mean and deviation of the mixture of Table I (III-B4)."""
    return mixture(probabilities, scale(intensity))


_LEAST = 1e-4


def _product(sources: Mapping[str, tuple[float, float]]) -> tuple[float, float, dict[str, float]]:
    """Mean and deviation of a product of Gaussians, and the share of each.

    sources: mean and precision, by name.
    """
    total = sum(precision for _, precision in sources.values())
    mean = sum(value * precision for value, precision in sources.values()) / total
    shares = {name: precision / total for name, (_, precision) in sources.items() if precision}
    return mean, 1 / math.sqrt(total), shares


def _entropy(probabilities: Mapping[str, float]) -> float:
    """Entropy as a share of that of six equal probabilities."""
    values: Floats = np.array(list(probabilities.values()))
    positive = values[values > 0]
    return float(-(positive * np.log(positive)).sum() / math.log(len(EKMAN)))
