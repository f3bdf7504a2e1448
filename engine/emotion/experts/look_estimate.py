"""From measurements of the picture to a point on the plane and six probabilities.

Colour counts as Valdez and Mehrabian (1994) measured: pleasure = .69 brightness + .22 saturation
and arousal = -.31 brightness + .60 saturation, all standardised. Hue is left out. Motion and
cutting rate raise arousal (Hanjalic and Xu 2005).

All this is weak evidence. The error is therefore wide: the entropy of every answer is at least
three quarters of that of six equal probabilities.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engine.emotion.mapping import TABLE_I, UNIFORM, Gaussian, mixture
from engine.section import EKMAN


@dataclass(frozen=True, slots=True)
class Features:
    """Measurements of a stretch of film.

    seconds: time between the first and the last analyzed frame.
    brightness: mean lightness, CIELAB L*, 0..100.
    saturation: mean chroma, CIELAB C*, 0 for grey to about 130.
    contrast: standard deviation of L* within a frame, averaged.
    motion: change of lightness a second without cuts, as a multiple of the contrast.
    cuts_per_minute: the cutting rate.
    """

    seconds: float
    brightness: float
    saturation: float
    contrast: float
    motion: float
    cuts_per_minute: float


@dataclass(frozen=True, slots=True)
class _Scale:
    """A feature's value in a typical film, and its standard deviation among films."""

    typical: float
    deviation: float

    def standardise(self, value: float) -> float:
        """Standard deviations from the typical film, clipped to -2..2."""
        return float(np.clip((value - self.typical) / self.deviation, -2, 2))


# No labelled set of films was at hand to fit these on, so they are judgements. Films are graded
# darker than mid-grey (L* 54), mostly in muted colours. A conversation filmed from a tripod changes
# a tenth of its contrast a second, a hand-held chase three times the contrast. Shots last 10 s on
# average in classical Hollywood and 4 s today (Salt, Cutting). Motion and cutting are compared by
# their logarithms, because they differ by factors.
_BRIGHTNESS = _Scale(40, 15)
_SATURATION = _Scale(16, 8)
_LOG_MOTION = _Scale(math.log(0.4), math.log(3))
_LOG_CUTTING = _Scale(math.log(10), math.log(2))

LEAST_MOTION = 0.01
PRIOR_MINUTES = 0.1
"""A typical shot's length, added to what was seen: a few seconds say little about a rate."""

_TYPICAL = mixture(UNIFORM, TABLE_I)
_ERROR = 4 / 3
"""Error of an estimate in deviations of :data:`_TYPICAL`. It is just wide enough that every answer
keeps three quarters of the highest entropy."""
_ENOUGH_SECONDS = 10.0
_ENOUGH_CONTRAST = 10.0
_LEAST_EVIDENCE = 1e-4
_VALENCE, _AROUSAL = 0.4, 0.5
"""How far one deviation of pleasure, and of excitement, lies from the middle of the plane."""
_VALENCE_ERROR, _AROUSAL_ERROR = 0.6, 0.4
"""Errors of a point, judged. Colours say less of valence than motion and cutting of arousal."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a stretch differs from a typical film, in standard deviations.

    brightness, saturation, motion, cutting: each measurement, -2..2. evidence: 0..1, how much was
    seen. It grows with the seconds, up to 10, and with the contrast of the picture, up to 10 L*.
    """

    brightness: float
    saturation: float
    motion: float
    cutting: float
    evidence: float

    @property
    def pleasure(self) -> float:
        """The valence of the colours."""
        return 0.69 * self.brightness + 0.22 * self.saturation

    @property
    def excitement(self) -> float:
        """The arousal of colours, motion and cutting, which have equal weight; -2..2."""
        colours = -0.31 * self.brightness + 0.60 * self.saturation
        return float(np.clip((colours + self.motion + self.cutting) / math.sqrt(3), -2, 2))


def standing(features: Features) -> Standing:
    """How a stretch with these measurements differs from a typical film."""
    minutes = features.seconds / 60
    shots = features.cuts_per_minute * minutes + 1
    return Standing(
        _BRIGHTNESS.standardise(features.brightness),
        _SATURATION.standardise(features.saturation),
        _LOG_MOTION.standardise(math.log(max(features.motion, LEAST_MOTION))),
        _LOG_CUTTING.standardise(math.log(shots / (minutes + PRIOR_MINUTES))),
        min(features.seconds / _ENOUGH_SECONDS, 1) * min(features.contrast / _ENOUGH_CONTRAST, 1),
    )


def point(stands: Standing) -> Gaussian:
    """Where the stretch lies on the plane if a typical film lies in the middle."""
    return Gaussian(
        float(np.clip(_VALENCE * stands.pleasure, -1, 1)), _VALENCE_ERROR,
        float(np.clip(_AROUSAL * stands.excitement, -1, 1)), _AROUSAL_ERROR,
    )  # fmt: skip


def probabilities(stands: Standing) -> dict[str, float]:
    """Probabilities of the six emotions, in Ekman's order.

    This is the posterior of Table I's Gaussians under a uniform prior. The typical film gets the
    average of the six emotions, so that it favours none much. The less evidence, the larger the
    error, up to 100 times. Entropy is at least 0.75 log 6, and no probability is above 0.47.
    Without evidence (a black film, one colour, a single frame) all six are equal.
    """
    error = _ERROR / math.sqrt(max(stands.evidence, _LEAST_EVIDENCE))
    valence = float(np.clip(_TYPICAL.valence + _TYPICAL.valence_sd * stands.pleasure, -1, 1))
    arousal = float(np.clip(_TYPICAL.arousal + _TYPICAL.arousal_sd * stands.excitement, -1, 1))
    logs = np.array(
        [
            TABLE_I[emotion]
            .widened(error * _TYPICAL.valence_sd, error * _TYPICAL.arousal_sd)
            .log_density(valence, arousal)
            for emotion in EKMAN
        ]
    )
    weights = np.exp(logs - logs.max())
    return dict(zip(EKMAN, (weights / weights.sum()).tolist(), strict=True))
