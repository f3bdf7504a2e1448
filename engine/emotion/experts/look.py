"""The expert of the picture as a whole: colour, light, motion and cutting rate. Always there.

    pictures -> Look -> Features -> Standing -> point on the plane, six probabilities, activity

Cuts are all cuts found, rising.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.arrays import Image, Samples
from engine.emotion.experts.expert import Arrays, Expert, FilmContext, Track
from engine.emotion.experts.look_estimate import (
    LEAST_MOTION,
    PRIOR_MINUTES,
    Features,
    Standing,
    point,
    probabilities,
    standing,
)
from engine.emotion.reading import NOTHING, Reading, Text
from engine.section import Evidence

NAME = "look"
RELIABILITY = 0.5
"""Colour, motion and cutting alone read six labelled clips no better than chance, so they count
half."""
INTERVAL = 0.2
"""The least time between two frames that are analyzed, in seconds."""
_GRID = 32
_BLACK = 3.0
"""Lightness (L*) up to which a border row or column belongs to a letterbox bar."""
_COLUMNS = 4
_NOTABLE = 0.7
"""Deviations from a typical film from which a measurement is worth a word."""


class Look:
    """Measures a film picture by picture; keeps five floats for each."""

    def __init__(self) -> None:
        self._times = array("d")
        self._samples = array("d")
        self._previous: NDArray[np.float32] | None = None
        self._lit = np.zeros((_GRID, _GRID), dtype=np.bool_)

    def picture(self, time: float, image: Image) -> None:
        """Measure the next picture, BGR uint8 [height, width, 3]; ``time`` rises."""
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

    def sound(self, time: float, samples: Samples) -> None:
        """Sound says nothing here."""

    def finish(self, earlier: Mapping[str, Track]) -> Look:
        """The track: what was measured."""
        return self

    @property
    def texts(self) -> tuple[Text, ...]:
        """None: words are for others."""
        return ()

    def reading(self, start: float, end: float, film: FilmContext) -> Reading:
        """What colour, motion and cutting say of a stretch."""
        features = self.features(start, end, film.cuts)
        stands = standing(features)
        if not stands.evidence:
            return NOTHING
        return Reading(
            probabilities(stands),
            point(stands),
            RELIABILITY * stands.evidence,
            tuple(_evidence(start, features, stands)),
        )

    def activity(self, start: float, end: float, film: FilmContext) -> dict[str, float]:
        """Logarithms of the motion and of the cutting rate."""
        features = self.features(start, end, film.cuts)
        if not features.seconds:
            return {}
        minutes = (end - start) / 60
        shots = features.cuts_per_minute * minutes + 1
        return {
            "motion": math.log(max(features.motion, LEAST_MOTION)),
            "cutting": math.log(shots / (minutes + PRIOR_MINUTES)),
        }

    def arrays(self) -> Arrays:
        """What was measured, to be kept in a file; see :meth:`from_arrays`."""
        return {
            "seen": np.array(self._times),
            "samples": np.array(self._samples),
            "lit": self._lit,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Look:
        """What :meth:`arrays` gave. Raises KeyError or ValueError if it did not give it."""
        look = cls()
        look._times.extend(arrays["seen"].tolist())
        look._samples.extend(arrays["samples"].tolist())
        look._lit |= arrays["lit"]
        if len(look._samples) != _COLUMNS * len(look._times):
            raise ValueError("each frame needs all its samples")
        return look

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
        # A cut at the start belongs to what was before.
        begun = cuts[bisect_right(cuts, start) : bisect_left(cuts, end)]
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


LOOK = Expert(
    NAME,
    "colour, light, motion and cutting rate",
    INTERVAL,
    160,
    False,
    lambda: "",
    Look,
    Look.from_arrays,
)


def _evidence(start: float, features: Features, stands: Standing) -> Iterator[Evidence]:
    """What differs from a typical film, strongest first."""
    minute = f"{features.cuts_per_minute:.0f} cuts a minute"
    words = (
        (stands.motion, "still picture", "much motion"),
        (stands.cutting, f"long shots, {minute}", f"fast cutting, {minute}"),
        (stands.brightness, "dark picture", "bright picture"),
        (stands.saturation, "pale colours", "strong colours"),
    )
    for value, low, high in sorted(words, key=lambda each: -abs(each[0])):
        weight = RELIABILITY * stands.evidence * abs(value) / 2
        if abs(value) > _NOTABLE:
            yield Evidence(start, NAME, low if value < 0 else high, round(weight, 2))
