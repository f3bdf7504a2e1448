"""Emotion from the picture alone: colour, motion and cutting rate.

    frames -> Perception -> Features -> reading on the valence-arousal plane -> six probabilities

Colour speaks as Valdez and Mehrabian (1994) measured: pleasure = .69 brightness + .22 saturation
and arousal = -.31 brightness + .60 saturation, all standardised; hue is left out. Motion and
cutting rate carry arousal (Hanjalic and Xu 2005). The film's own sound is left out on purpose: its
music must not leak into the music made for it (paper, IV-B).

All this is weak evidence, and is treated so: the reading is a Gaussian wide enough that no film
whatever gets an answer of less than three quarters of the entropy of six equal chances.

Times are seconds on one clock, whose zero is the score's zero; cuts are all cuts found.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.cues import EKMAN, Section
from engine.emotion.mapping import MU_MAX, TABLE_I, UNIFORM, Gaussian, mixture, mixture_mean, scale
from engine.errors import EmsyncError

SOURCE = "colour, motion, cutting rate"
"""``Section.source`` of what is perceived here."""

INTERVAL = 0.2
"""Seconds from one frame looked at to the next, at least."""
_GRID = 32
_BLACK = 3.0
"""Lightness (L*) up to which a border row or column belongs to a letterbox bar."""
_COLUMNS = 4


@dataclass(frozen=True, slots=True)
class Features:
    """What a stretch of film looks like.

    seconds: time between the first and the last frame looked at.
    brightness: mean lightness, CIELAB L*, 0..100.
    saturation: mean chroma, CIELAB C*, 0 for grey to about 130.
    contrast: standard deviation of L* within a frame, averaged.
    motion: change of lightness a second, cuts left out, as a multiple of the contrast.
    cuts_per_minute: cutting rate.
    """

    seconds: float
    brightness: float
    saturation: float
    contrast: float
    motion: float
    cuts_per_minute: float


class Perception:
    """Watches a film frame by frame and keeps five floats for at most five frames a second."""

    def __init__(self) -> None:
        self._times = array("d")
        self._samples = array("d")
        self._previous: NDArray[np.float32] | None = None
        self._due = -math.inf
        self._lit = np.zeros((_GRID, _GRID), dtype=np.bool_)

    def push(self, time: float, image: NDArray[np.uint8]) -> None:
        """Look at the next frame: ``time`` in seconds, rising; ``image`` BGR, shape (h, w, 3)."""
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

    def features(self, start: float, end: float, cuts: Sequence[float]) -> Features:
        """The film from ``start`` to ``end``; all zero where no frame was seen.

        Frames count for as long as they are shown, so that a variable frame rate is no matter.
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
        """The part of the frame inside letterbox bars, which are never lit in the whole film."""
        rows, columns = (np.flatnonzero(self._lit.any(axis=axis)) for axis in (1, 0))
        if not rows.size:
            return 1.0
        return float((np.ptp(rows) + 1) * (np.ptp(columns) + 1)) / _GRID**2


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where a feature of a typical film lies, and how far one standard deviation reaches."""

    typical: float
    deviation: float

    def standardise(self, value: float) -> float:
        """Deviations from the typical film, within -2..2."""
        return float(np.clip((value - self.typical) / self.deviation, -2, 2))


# No labelled set of films was at hand to fit these on. They are judgements: films are graded
# darker than mid-grey (L* 54) and mostly in muted colours; a locked-off conversation changes about
# a tenth of its contrast a second and a hand-held chase three times all of it; shots last 10 s on
# average in classical Hollywood and 4 s today (Salt, Cutting); speeds and shots differ by factors.
_BRIGHTNESS = _Scale(40, 15)
_SATURATION = _Scale(16, 8)
_LOG_MOTION = _Scale(math.log(0.4), math.log(3))
_LOG_CUTTING = _Scale(math.log(10), math.log(2))

_LEAST_MOTION = 0.01
_PRIOR_MINUTES = 0.1
"""A typical shot's length, counted in with those seen: few seconds say little of a rate."""

_TYPICAL = mixture(UNIFORM, TABLE_I)
_ERROR = 4 / 3
"""Error of a reading in deviations of :data:`_TYPICAL`: just wide enough that every answer keeps
three quarters of the highest entropy."""
_ENOUGH_SECONDS = 10.0
_ENOUGH_CONTRAST = 10.0
_LEAST_EVIDENCE = 1e-4


def estimate(features: Features) -> Gaussian:
    """A reading of the film on the valence-arousal plane of Table I, with its error.

    The typical film reads as the average of the six emotions, so that it favours none much. Arousal
    weighs colour, motion and cutting rate alike. Evidence grows with the seconds seen, up to 10,
    and the contrast of the picture, up to 10 L*; as it shrinks the error grows, 100-fold at most.
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

    The posterior of Table I's Gaussians under a uniform prior, given :func:`estimate`. Its entropy
    is never below 0.75 log 6, and no probability above 0.47; with no evidence (black film,
    one colour, a single frame) all six are equal.
    """
    reading = estimate(features)
    logs = np.array(
        [
            TABLE_I[emotion]
            .widened(reading.valence_sd, reading.arousal_sd)
            .log_density(reading.valence, reading.arousal)
            for emotion in EKMAN
        ]
    )
    weights = np.exp(logs - logs.max())
    return dict(zip(EKMAN, (weights / weights.sum()).tolist(), strict=True))


def split_sections(
    cuts: Sequence[float], duration: float, minimum: float = 15.0
) -> tuple[tuple[float, float], ...]:
    """Contiguous (start, end) from 0 to ``duration``, bordered by cuts, each ``minimum`` or longer.

    Shots are joined until they last ``minimum`` seconds; a shorter film is one section.
    """
    borders = [0.0]
    for cut in cuts:
        if cut - borders[-1] >= minimum and duration - cut >= minimum:
            borders.append(cut)
    return tuple(zip(borders, [*borders[1:], duration], strict=True))


def sections(
    perception: Perception,
    cuts: Sequence[float],
    duration: float,
    mu_max: float = MU_MAX,
    minimum: float = 15.0,
    alike: float = 0.15,
) -> tuple[Section, ...]:
    """The film's sections with their emotions, contiguous from 0 to ``duration`` seconds.

    Neighbours whose valence and arousal both differ by less than ``alike`` become one.
    """
    table = scale(mu_max)

    def perceive(start: float, end: float) -> Section:
        probabilities = describe(perception.features(start, end, cuts))
        valence, arousal = mixture_mean(probabilities, table)
        return Section(start, end, probabilities, valence, arousal, SOURCE)

    found = [perceive(*borders) for borders in split_sections(cuts, duration, minimum)]
    count = math.inf
    while len(found) < count:
        count = len(found)
        found = _join_alike(found, alike, perceive)
    return tuple(found)


def override(
    sections: Sequence[Section],
    emotion: str | None = None,
    valence: float | None = None,
    arousal: float | None = None,
    mu_max: float = MU_MAX,
) -> tuple[Section, ...]:
    """What a user says in place of what was perceived, in every section.

    An emotion becomes certain and sets valence and arousal; a coordinate then overrides just
    itself, and both together leave no probabilities. Raises
    :class:`~engine.errors.EmsyncError` for an unknown emotion or a value outside -1..1.
    """
    coordinates = {"valence": valence, "arousal": arousal}
    given = {name: value for name, value in coordinates.items() if value is not None}
    for name, value in given.items():
        if not -1 <= value <= 1:
            raise EmsyncError(f"{name} {value:g} is out of range: give a value from -1 to 1")
    changes: dict[str, Any] = dict(given)
    if emotion is not None:
        if emotion not in EKMAN:
            raise EmsyncError(f"unknown emotion {emotion!r}: give one of {', '.join(EKMAN)}")
        certain = {name: float(name == emotion) for name in EKMAN}
        mapped = dict(zip(coordinates, mixture_mean(certain, scale(mu_max)), strict=True))
        changes = mapped | changes | {"probabilities": certain}
    if len(given) == 2:
        changes["probabilities"] = {}
    if len(changes) > 1:
        return tuple(replace(s, **changes, source="user") for s in sections)
    return tuple(
        replace(s, **changes, source=", ".join([*(f"user ({name})" for name in given), s.source]))
        for s in sections
    )


def _join_alike(
    found: Sequence[Section], alike: float, perceive: Callable[[float, float], Section]
) -> list[Section]:
    """Alike neighbours joined two by two: passes of pairs keep a ten-hour film from costing the
    square of its length."""
    joined: list[Section] = []
    fresh = False
    for section in found:
        last = joined[-1] if joined and not fresh else None
        fresh = (
            last is not None
            and abs(last.valence - section.valence) < alike
            and abs(last.arousal - section.arousal) < alike
        )
        if last is not None and fresh:
            joined[-1] = perceive(last.start, section.end)
        else:
            joined.append(section)
    return joined
