"""Maps Ekman's six emotions to the valence-arousal plane and back (paper, III-B4 and Table I).

A film's emotion is six probabilities; the music needs a point on the plane. Each emotion is a
Gaussian with independent axes, and a film is their mixture. Its point is the mixture's mean or a
sample of it. The inverse gives the emotion whose Gaussian is nearest to a point.

Every function takes the table of Gaussians it works on: :data:`TABLE_I`, or :func:`scale` of it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np

from engine.arrays import Floats
from engine.errors import EmsyncError
from engine.section import EKMAN

Method = Literal["euclidean", "mahalanobis", "likelihood"]

MU_MAX = 0.8
"""Largest absolute mean after scaling, as in the paper's evaluation (IV-A)."""

_SUM_TOLERANCE = 0.01
"""How far the sum of probabilities may be from 1, because a user who edits them rounds."""


@dataclass(frozen=True, slots=True)
class Gaussian:
    """A Gaussian on the valence-arousal plane: mean and standard deviation of each axis."""

    valence: float
    valence_sd: float
    arousal: float
    arousal_sd: float

    def scaled(self, factor: float) -> Gaussian:
        """This Gaussian with means and deviations times ``factor``."""
        return Gaussian(
            self.valence * factor,
            self.valence_sd * factor,
            self.arousal * factor,
            self.arousal_sd * factor,
        )

    def widened(self, valence_sd: float, arousal_sd: float) -> Gaussian:
        """This Gaussian with independent noise of these deviations: variances add."""
        return Gaussian(
            self.valence,
            math.hypot(self.valence_sd, valence_sd),
            self.arousal,
            math.hypot(self.arousal_sd, arousal_sd),
        )

    def euclidean(self, valence: float, arousal: float) -> float:
        """Distance of a point from the mean."""
        return math.hypot(valence - self.valence, arousal - self.arousal)

    def mahalanobis(self, valence: float, arousal: float) -> float:
        """Distance of a point from the mean in standard deviations."""
        return math.hypot(
            (valence - self.valence) / self.valence_sd, (arousal - self.arousal) / self.arousal_sd
        )

    def log_density(self, valence: float, arousal: float) -> float:
        """Natural logarithm of the density at a point."""
        normaliser = math.log(2 * math.pi * self.valence_sd * self.arousal_sd)
        return -0.5 * self.mahalanobis(valence, arousal) ** 2 - normaliser


Table = Mapping[str, Gaussian]
"""A Gaussian for each of :data:`~engine.cues.EKMAN`, in that order."""

TABLE_I: Table = MappingProxyType(
    {
        "anger": Gaussian(-0.51, 0.20, 0.59, 0.29),
        "disgust": Gaussian(-0.60, 0.20, 0.35, 0.41),
        "fear": Gaussian(-0.64, 0.20, 0.60, 0.32),
        "joy": Gaussian(0.76, 0.22, 0.48, 0.26),
        "sadness": Gaussian(-0.63, 0.23, -0.27, 0.34),
        "surprise": Gaussian(0.40, 0.30, 0.67, 0.27),
    }
)
"""The paper's Table I, from Russell and Mehrabian's user study (1977)."""

UNIFORM: Mapping[str, float] = MappingProxyType({emotion: 1 / len(EKMAN) for emotion in EKMAN})
"""Every emotion is as likely as any other."""


def scale(mu_max: float = MU_MAX) -> Table:
    """Table I times the one coefficient that makes its largest absolute mean ``mu_max``.

    Raises :class:`~engine.errors.EmsyncError` unless ``0 < mu_max <= 1``.
    """
    if not 0 < mu_max <= 1:
        raise EmsyncError(f"mu_max {mu_max} is outside 0..1: give more than 0 and at most 1")
    largest = max(max(abs(g.valence), abs(g.arousal)) for g in TABLE_I.values())
    return MappingProxyType({name: g.scaled(mu_max / largest) for name, g in TABLE_I.items()})


SCALED: Table = scale()
"""Table I as the paper's music is conditioned on it: coefficient 0.8 / 0.76."""


def mixture(probabilities: Mapping[str, float], table: Table = SCALED) -> Gaussian:
    """Mean and standard deviation of the mixture of the table's Gaussians, by axis.

    probabilities: by Ekman emotion, at least 0, with a sum within 0.01 of 1.
    Raises :class:`~engine.errors.EmsyncError` for anything else.
    """
    weights = _weights(probabilities)
    valence, valence_sd, arousal, arousal_sd = _columns(table)
    valence_mean, arousal_mean = weights @ valence, weights @ arousal
    return Gaussian(
        float(valence_mean),
        math.sqrt(weights @ (valence_sd**2 + (valence - valence_mean) ** 2)),
        float(arousal_mean),
        math.sqrt(weights @ (arousal_sd**2 + (arousal - arousal_mean) ** 2)),
    )


def mixture_mean(probabilities: Mapping[str, float], table: Table = SCALED) -> tuple[float, float]:
    """(valence, arousal): the average of the emotions' means, weighted by probability.

    Takes and raises what :func:`mixture` does.
    """
    whole = mixture(probabilities, table)
    return whole.valence, whole.arousal


def sample(
    probabilities: Mapping[str, float], rng: np.random.Generator, table: Table = SCALED
) -> tuple[float, float]:
    """(valence, arousal): draws an emotion, then a point of its Gaussian, clipped to -1..1.

    Takes and raises what :func:`mixture` does.
    """
    drawn = table[EKMAN[rng.choice(len(EKMAN), p=_weights(probabilities))]]
    valence = rng.normal(drawn.valence, drawn.valence_sd)
    arousal = rng.normal(drawn.arousal, drawn.arousal_sd)
    return float(np.clip(valence, -1, 1)), float(np.clip(arousal, -1, 1))


def compare(
    valence: float, arousal: float, method: Method = "euclidean", table: Table = SCALED
) -> dict[str, float]:
    """The distance of a point to each emotion, or each density if ``method`` is ``likelihood``.

    Raises :class:`~engine.errors.EmsyncError` for a point outside -1..1.
    """
    if not (-1 <= valence <= 1 and -1 <= arousal <= 1):
        raise EmsyncError(
            f"valence {valence:g}, arousal {arousal:g}: outside the plane; give both from -1 to 1"
        )
    match method:
        case "euclidean":
            return {name: g.euclidean(valence, arousal) for name, g in table.items()}
        case "mahalanobis":
            return {name: g.mahalanobis(valence, arousal) for name, g in table.items()}
        case "likelihood":
            return {name: math.exp(g.log_density(valence, arousal)) for name, g in table.items()}
        case _:
            raise ValueError(f"no method {method!r}: euclidean, mahalanobis or likelihood")


def nearest_emotion(
    valence: float, arousal: float, method: Method = "euclidean", table: Table = SCALED
) -> str:
    """The inverse mapping: smallest distance or highest likelihood (paper, III-B4).

    The mean of each emotion maps back to it by every method. Elsewhere the methods differ: far
    from all means, Mahalanobis distance and likelihood favour wide emotions. Of two emotions that
    are equally many deviations away, likelihood takes the narrower. Raises what :func:`compare`
    does.
    """
    compared = compare(valence, arousal, method, table)
    choose = max if method == "likelihood" else min
    return choose(compared, key=compared.__getitem__)


def _weights(probabilities: Mapping[str, float]) -> Floats:
    """The six probabilities in Ekman's order, shape (6,), summing to 1 exactly."""
    if set(probabilities) != set(EKMAN):
        raise EmsyncError(
            f"probabilities of {', '.join(sorted(probabilities)) or 'nothing'}: "
            f"give one for each of {', '.join(EKMAN)}"
        )
    weights = np.array([probabilities[emotion] for emotion in EKMAN], dtype=np.float64)
    total = float(weights.sum())
    if not (np.all(weights >= 0) and abs(total - 1) <= _SUM_TOLERANCE):
        raise EmsyncError(
            f"probabilities {', '.join(f'{weight:g}' for weight in weights)} sum to {total:g}: "
            "give numbers from 0 up that sum to 1"
        )
    return weights / total


def _columns(table: Table) -> Floats:
    """Means and deviations of valence, then of arousal: shape (4, 6)."""
    rows = (table[emotion] for emotion in EKMAN)
    return np.array([(g.valence, g.valence_sd, g.arousal, g.arousal_sd) for g in rows]).T
