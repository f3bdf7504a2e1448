"""Emotion from the picture alone: colour, motion and cutting rate.

    frames -> Perception -> Features -> Gaussian on the valence-arousal plane -> six probabilities

Colour counts as Valdez and Mehrabian (1994) measured: pleasure = .69 brightness + .22 saturation
and arousal = -.31 brightness + .60 saturation, all standardised. Hue is left out. Motion and
cutting rate raise arousal (Hanjalic and Xu 2005). The film's sound is not used: its music must not
leak into the music composed for it (paper, IV-B).

All this is weak evidence. The Gaussian is therefore wide: the entropy of every answer is at least
three quarters of that of six equal probabilities.

Times are seconds from the score's zero. Cuts are all cuts found, rising.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.arrays import Image
from engine.emotion.mapping import TABLE_I, UNIFORM, Gaussian, mixture
from engine.section import EKMAN

SOURCE = "colour, motion, cutting rate"
"""``Section.source`` of what is perceived here."""

INTERVAL = 0.2
"""The least time between two frames that are analyzed, in seconds."""
_GRID = 32
_BLACK = 3.0
"""Lightness (L*) up to which a border row or column belongs to a letterbox bar."""
_COLUMNS = 4


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


class Perception:
    """Measures a film frame by frame; keeps five floats for at most five frames a second."""

    def __init__(self) -> None:
        self._times = array("d")
        self._samples = array("d")
        self._previous: NDArray[np.float32] | None = None
        self._due = -math.inf
        self._lit = np.zeros((_GRID, _GRID), dtype=np.bool_)

    def push(self, time: float, image: Image) -> None:
        """Measure the next frame.

        time: seconds, rising. image: BGR uint8 [height, width, 3].
        """
        if time < self._due:
            return
        self._due = time + INTERVAL
        small = cv2.resize(image, (_GRID, _GRID), interpolation=cv2.INTER_AREA)
        lab = np.asarray(
            cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_BGR2LAB), dtype=np.float32
        )
        lightness, chroma = lab[..., 0], np.hypot(lab[..., 1], lab[..., 2])
        change = 0.0 if self._previous is None else np.abs(lightness - self._previous).mean()
        self._previous = lightness
        self._lit |= lightness > _BLACK
        self._times.append(time)
        self._samples.extend(
            map(float, (lightness.mean(), (lightness**2).mean(), chroma.mean(), change))
        )

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What was measured, to be kept in a file; see :meth:`from_arrays`."""
        return {
            "seen": np.array(self._times),
            "samples": np.array(self._samples),
            "lit": self._lit,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Perception:
        """What :meth:`arrays` gave. Raises KeyError or ValueError if it did not give it."""
        perception = cls()
        perception._times.extend(arrays["seen"].tolist())
        perception._samples.extend(arrays["samples"].tolist())
        perception._lit |= arrays["lit"]
        if len(perception._samples) != _COLUMNS * len(perception._times):
            raise ValueError("each frame needs all its samples")
        return perception

    def features(self, start: float, end: float, cuts: Sequence[float]) -> Features:
        """The features of the film from ``start`` to ``end`` seconds; all zero without a frame.

        Each frame is weighted by the time it is shown, so the frame rate may vary.
        """
        first, last = (bisect_left(self._times, time) for time in (start, end))
        if first == last:
            return Features(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        times = np.array(self._times[first:last])
        samples = np.array(self._samples[first * _COLUMNS : last * _COLUMNS])
        samples = samples.reshape(-1, _COLUMNS).T / self._picture_share()
        lightness, squares, chroma, changes = samples
        begun = cuts[bisect_left(cuts, start) : bisect_left(cuts, end)]
        shown = np.diff(times, append=end)
        deviations = np.sqrt(np.maximum(squares - lightness**2, 0))
        contrast = float(np.average(deviations, weights=shown))
        within_shot = np.diff(np.searchsorted(begun, times, side="right")) == 0
        observed = float(shown[:-1][within_shot].sum())
        changed = float(changes[1:][within_shot].sum())
        return Features(
            seconds=float(times[-1] - times[0]),
            brightness=float(np.average(lightness, weights=shown)),
            saturation=float(np.average(chroma, weights=shown)),
            contrast=contrast,
            motion=changed / (observed * contrast) if observed * contrast > 0 else 0.0,
            cuts_per_minute=len(begun) * 60 / (end - start),
        )

    def _picture_share(self) -> float:
        """The share of the frame inside letterbox bars: borders that stay black all the time."""
        rows, columns = (np.flatnonzero(self._lit.any(axis=axis)) for axis in (1, 0))
        if not rows.size:
            return 1.0
        return float((np.ptp(rows) + 1) * (np.ptp(columns) + 1)) / _GRID**2


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

_LEAST_MOTION = 0.01
_PRIOR_MINUTES = 0.1
"""A typical shot's length, added to what was seen: a few seconds say little about a rate."""

_TYPICAL = mixture(UNIFORM, TABLE_I)
_ERROR = 4 / 3
"""Error of an estimate in deviations of :data:`_TYPICAL`. It is just wide enough that every answer
keeps three quarters of the highest entropy."""
_ENOUGH_SECONDS = 10.0
_ENOUGH_CONTRAST = 10.0
_LEAST_EVIDENCE = 1e-4


def estimate(features: Features) -> Gaussian:
    """Where the film lies on the valence-arousal plane of Table I, with the error.

    The typical film gets the average of the six emotions, so that it favours none much. Colour,
    motion and cutting rate have equal weight in arousal. Evidence grows with the seconds seen, up
    to 10, and with the contrast of the picture, up to 10 L*. The less evidence, the larger the
    error, up to 100 times.
    """
    brightness = _BRIGHTNESS.standardise(features.brightness)
    saturation = _SATURATION.standardise(features.saturation)
    motion = _LOG_MOTION.standardise(math.log(max(features.motion, _LEAST_MOTION)))
    minutes = features.seconds / 60
    shots = features.cuts_per_minute * minutes + 1
    cutting = _LOG_CUTTING.standardise(math.log(shots / (minutes + _PRIOR_MINUTES)))

    pleasure = 0.69 * brightness + 0.22 * saturation
    excitement = (-0.31 * brightness + 0.60 * saturation + motion + cutting) / math.sqrt(3)

    evidence = min(features.seconds / _ENOUGH_SECONDS, 1)
    evidence *= min(features.contrast / _ENOUGH_CONTRAST, 1)
    error = _ERROR / math.sqrt(max(evidence, _LEAST_EVIDENCE))
    valence = _TYPICAL.valence + _TYPICAL.valence_sd * pleasure
    arousal = _TYPICAL.arousal + _TYPICAL.arousal_sd * float(np.clip(excitement, -2, 2))
    return Gaussian(
        valence=float(np.clip(valence, -1, 1)),
        valence_sd=error * _TYPICAL.valence_sd,
        arousal=float(np.clip(arousal, -1, 1)),
        arousal_sd=error * _TYPICAL.arousal_sd,
    )


def describe(features: Features) -> dict[str, float]:
    """Probabilities of the six emotions, in Ekman's order.

    This is the posterior of Table I's Gaussians under a uniform prior, given :func:`estimate`. Its
    entropy is at least 0.75 log 6, and no probability is above 0.47. Without evidence (a black
    film, one colour, a single frame) all six are equal.
    """
    estimated = estimate(features)
    logs = np.array(
        [
            TABLE_I[emotion]
            .widened(estimated.valence_sd, estimated.arousal_sd)
            .log_density(estimated.valence, estimated.arousal)
            for emotion in EKMAN
        ]
    )
    weights = np.exp(logs - logs.max())
    return dict(zip(EKMAN, (weights / weights.sum()).tolist(), strict=True))
