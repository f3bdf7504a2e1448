"""The expert ``faces``: expressions of the faces in the picture.

Two pictures a second are looked at. A large face counts more than a small one, and a long time more
than a glance. Each expression is evidence of several emotions of the film, because people smile in
fear, too, and the network confuses anger, disgust, fear and sadness. A neutral face is evidence of
calm and of no emotion.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Floats, Image, Samples
from engine.emotion.experts.expert import Arrays, Expert, FilmContext, Track
from engine.emotion.face_detection import FaceDetector
from engine.emotion.face_expression import EXPRESSIONS, ExpressionNetwork
from engine.emotion.mapping import TABLE_I, Gaussian
from engine.emotion.networks import missing_runtime
from engine.emotion.reading import NOTHING, Reading, Text
from engine.section import EKMAN, Evidence

NAME = "faces"
INTERVAL = 0.5
SIDE = 640
MOST = 6
"""Faces of one picture whose expression is read, the largest first."""

RELIABILITY = 0.6
"""How far a long look at clear faces is believed. This and the numbers below are judgements."""
ENOUGH = 4.0
"""Seconds of faces that are believed half as much as any number of seconds. Expressions last up to
4 s (Ekman 2003, *Emotions Revealed*), so this much is about one observation."""
FULL_SIZE = 0.2
"""A face of this share of the picture's shorter side, or a larger one, counts in full."""

# What an expression says of the film's emotion, in Ekman's order. Negative expressions are
# confused most, and surprise may be a mouth that speaks.
_MEANING = np.array(
    [
        (0.50, 0.15, 0.15, 0.03, 0.12, 0.05),  # anger
        (0.25, 0.45, 0.10, 0.03, 0.12, 0.05),  # disgust
        (0.15, 0.10, 0.40, 0.03, 0.17, 0.15),  # fear
        (0.02, 0.02, 0.03, 0.85, 0.03, 0.05),  # joy
        (0.17, 0.12, 0.18, 0.05, 0.43, 0.05),  # sadness
        (0.08, 0.05, 0.27, 0.20, 0.05, 0.35),  # surprise
        (1 / 6,) * 6,  # neutral
    ]
)
_NEUTRAL_POINT = (0.0, -0.35)
"""Valence and arousal of a neutral face: calm."""
_VALENCE_ERROR = 0.35
_AROUSAL_ERROR = 0.45
_WORDS = ("angry", "disgusted", "afraid", "smiling", "sad", "surprised", "calm")
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_STRONGEST = 3


@dataclass(frozen=True, slots=True)
class FacesTrack:
    """What was seen of faces.

    seen: times of all looks, rising, [n]. counts: faces in each look, [n]. looks: index of the look
    of each face that was read, rising, [m]. weights: 0..1, how much it counts, [m]. probabilities:
    of :data:`~engine.emotion.face_expression.EXPRESSIONS`, [m, 7].
    """

    seen: Floats
    counts: NDArray[np.int32]
    looks: NDArray[np.int32]
    weights: NDArray[np.float32]
    probabilities: NDArray[np.float32]

    @property
    def texts(self) -> Sequence[Text]:
        """Nothing: faces carry no words."""
        return ()

    def arrays(self) -> Arrays:
        """The fields by name."""
        return {
            "seen": self.seen,
            "counts": self.counts,
            "looks": self.looks,
            "weights": self.weights,
            "probabilities": self.probabilities,
        }

    def activity(self, start: float, end: float, film: FilmContext) -> Mapping[str, float]:
        """Nothing: faces measure no activity."""
        return {}

    def reading(self, start: float, end: float, film: FilmContext) -> Reading:
        """What the faces from ``start`` to ``end`` say."""
        stretch = self._looks_with_faces(start, end, film)
        seconds = float(stretch.strengths @ stretch.shown)
        if not seconds > 0:
            return NOTHING
        mean = (stretch.strengths * stretch.shown) @ stretch.probabilities / seconds
        belief = seconds / (seconds + ENOUGH)
        emotions = RELIABILITY * belief * (mean @ _MEANING)
        emotions += (1 - RELIABILITY * belief) / len(EKMAN)
        return Reading(
            probabilities=dict(zip(EKMAN, (emotions / emotions.sum()).tolist(), strict=True)),
            point=_point(mean, belief),
            confidence=RELIABILITY * min(seconds / (end - start), 1.0),
            evidence=_evidence(stretch),
        )

    def _looks_with_faces(self, start: float, end: float, film: FilmContext) -> _Stretch:
        """The looks from ``start`` to ``end`` that show a face."""
        first, last = np.searchsorted(self.seen, (start, end))
        times = self.seen[first:last]
        shown = np.minimum(np.diff(times, append=end), 2 * INTERVAL)
        begin, stop = np.searchsorted(self.looks, (first, last))
        looks = self.looks[begin:stop] - first
        weights = self.weights[begin:stop].astype(np.float64)
        sums = np.zeros((len(times), len(EXPRESSIONS)))
        np.add.at(sums, looks, weights[:, np.newaxis] * self.probabilities[begin:stop])
        totals = np.bincount(looks, weights, len(times))
        strengths = np.zeros(len(times))
        np.maximum.at(strengths, looks, weights)
        with_face = totals > 0
        probabilities = sums[with_face] / totals[with_face, np.newaxis]
        times = times[with_face]
        return _Stretch(
            times=times,
            shown=shown[with_face],
            counts=self.counts[first:last][with_face],
            strengths=strengths[with_face],
            probabilities=_smoothed(times, probabilities, film.cuts),
        )


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Looks that show faces: times, seconds shown, number of faces, strength 0..1, expressions."""

    times: Floats
    shown: Floats
    counts: NDArray[np.int32]
    strengths: Floats
    probabilities: Floats


def _smoothed(times: Floats, probabilities: Floats, cuts: Sequence[float]) -> Floats:
    """The mean of each look and its direct neighbours within the shot."""
    sums, numbers = probabilities.copy(), np.ones(len(times))
    shots = np.searchsorted(np.asarray(cuts, dtype=np.float64), times, side="right")
    near = (np.diff(times) <= 2 * INTERVAL) & (np.diff(shots) == 0)
    sums[:-1][near] += probabilities[1:][near]
    sums[1:][near] += probabilities[:-1][near]
    numbers[:-1] += near
    numbers[1:] += near
    return np.asarray(sums / numbers[:, np.newaxis])


def _point(mean: Floats, belief: float) -> Gaussian:
    """Valence and arousal of the mean expression; wider where little was seen.

    belief: 0..1, how much was seen.
    """
    table = np.array([(TABLE_I[name].valence, TABLE_I[name].arousal) for name in EKMAN])
    points = _MEANING @ table
    points[-1] = _NEUTRAL_POINT
    valence, arousal = mean @ points
    wider = 1 / math.sqrt(belief)
    return Gaussian(float(valence), _VALENCE_ERROR * wider, float(arousal), _AROUSAL_ERROR * wider)


def _evidence(stretch: _Stretch) -> tuple[Evidence, ...]:
    """The strongest runs of looks with one expression."""
    likeliest = stretch.probabilities.argmax(axis=1)
    apart = (np.diff(likeliest) != 0) | (np.diff(stretch.times) > 2 * INTERVAL)
    found = []
    for run in np.split(np.arange(len(likeliest)), np.flatnonzero(apart) + 1):
        expression = int(likeliest[run[0]])
        probability = float(stretch.probabilities[run, expression].mean())
        seconds = float(stretch.strengths[run] @ stretch.shown[run])
        weight = RELIABILITY * probability * seconds / (seconds + ENOUGH)
        count = int(np.median(stretch.counts[run]))
        faces = f"{_NUMBERS[count] if count < len(_NUMBERS) else count} face{'s'[: count != 1]}"
        share = f"{probability:.1f}".removeprefix("0")
        text = f"{faces}, {_WORDS[expression]} {share}"
        found.append(Evidence(float(stretch.times[run[0]]), NAME, text, weight))
    found.sort(key=lambda evidence: -evidence.weight)
    return tuple(found[:_STRONGEST])


class FacesWatcher:
    """Looks for faces in two pictures a second."""

    def __init__(self) -> None:
        self._detector = FaceDetector()
        self._network = ExpressionNetwork()
        self._due = -math.inf
        self._seen = array("d")
        self._counts = array("i")
        self._looks = array("i")
        self._weights = array("f")
        self._probabilities = array("f")

    def picture(self, time: float, image: Image) -> None:
        """Look at the next picture, unless half a second has not passed."""
        if time < self._due:
            return
        self._due = time + INTERVAL
        faces = self._detector.find(image)
        largest = faces.choose(np.arange(min(len(faces), MOST)))
        sizes = largest.widths / (FULL_SIZE * min(image.shape[:2]))
        self._looks.extend([len(self._seen)] * len(largest))
        self._weights.extend(np.minimum(sizes, 1).tolist())
        self._probabilities.extend(self._network.read(image, largest).ravel().tolist())
        self._seen.append(time)
        self._counts.append(len(faces))

    def sound(self, time: float, samples: Samples) -> None:
        """Ignore sound."""

    def finish(self, earlier: Mapping[str, Track]) -> FacesTrack:
        """What was seen."""
        return FacesTrack(
            np.array(self._seen, dtype=np.float64),
            np.array(self._counts, dtype=np.int32),
            np.array(self._looks, dtype=np.int32),
            np.array(self._weights, dtype=np.float32),
            np.array(self._probabilities, dtype=np.float32).reshape(-1, len(EXPRESSIONS)),
        )


def load(arrays: Arrays) -> FacesTrack:
    """The track of what ``FacesTrack.arrays`` gave. Raises KeyError or ValueError otherwise."""
    track = FacesTrack(
        np.asarray(arrays["seen"], dtype=np.float64),
        np.asarray(arrays["counts"], dtype=np.int32),
        np.asarray(arrays["looks"], dtype=np.int32),
        np.asarray(arrays["weights"], dtype=np.float32),
        np.asarray(arrays["probabilities"], dtype=np.float32),
    )
    looks, faces = len(track.seen), len(track.looks)
    shapes = (track.counts.shape, track.weights.shape, track.probabilities.shape)
    if shapes != ((looks,), (faces,), (faces, len(EXPRESSIONS))):
        raise ValueError("each look needs its count, and each face its weight and expression")
    if faces and not (track.looks.min() >= 0 and track.looks.max() < looks):
        raise ValueError("each face needs its look")
    return track


FACES = Expert(
    name=NAME,
    about="expressions of faces",
    interval=INTERVAL,
    side=SIDE,
    needs_sound=False,
    missing=missing_runtime,
    watch=FacesWatcher,
    load=load,
)
"""The expert ``faces``."""
