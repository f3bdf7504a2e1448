"""The expert in what a picture shows: a funeral, a chase, children playing.

CLIP compares a picture every two seconds with sentences about scenes and emotions (zero-shot). Each
sentence has a meaning for emotion. These meanings are judgements, and no labelled film has been
measured, so the expert counts as half reliable.

It works once ``emsync model download scene`` has been run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from engine.arrays import Floats, Image, Samples
from engine.emotion.experts.clip import (
    BUNDLE,
    WIDTH,
    PictureEncoder,
    Vectors,
    missing,
    prompt_vectors,
    prompts,
    unit,
)
from engine.emotion.experts.expert import Arrays, Expert, FilmContext, Track
from engine.emotion.mapping import Gaussian
from engine.emotion.reading import NOTHING, Reading, Text
from engine.hub import Bundle
from engine.section import EKMAN, Evidence

NAME = "scene"
INTERVAL = 2.0
SIDE = 400
"""So that the shorter side of a wide picture still has CLIP's 224 pixels."""

RELIABILITY = 0.5
LOGIT_SCALE = 100.0
"""CLIP's own, by which it multiplies cosines."""
ENOUGH = 2.0
"""So many pictures count for half of the evidence, twice as many for two thirds."""

_LEAST_CONTRAST = 4.0
"""Standard deviation of a picture's values 0..255; a plain one shows nothing."""
_SHOWN = 3
"""Pictures among the evidence."""
_LEAST_SHOWN = 0.25
_TELLING = 0.3
"""Probability of an emotion from which on a prompt is evidence."""


@dataclass(frozen=True, slots=True)
class SceneTrack:
    """The pictures looked at.

    times: [n] seconds, rising. embeddings: CLIP's vectors [n, 512], of any length.
    cosines: with the prompts, [n, prompts].
    """

    times: Floats
    embeddings: npt.NDArray[np.float16]
    cosines: npt.NDArray[np.float32]

    @property
    def texts(self) -> Sequence[Text]:
        """None."""
        return ()

    def arrays(self) -> Arrays:
        """All of it, and the prompts."""
        return {
            "times": self.times,
            "embeddings": self.embeddings,
            "cosines": self.cosines,
            "prompts": np.array([prompt.text for prompt in prompts()]),
        }

    def reading(self, start: float, end: float, film: FilmContext) -> Reading:
        """What the pictures from ``start`` to ``end`` show, on average."""
        inside = np.flatnonzero((self.times >= start) & (self.times < end))
        if not len(inside):
            return NOTHING
        shares = _shares(self.cosines[inside])
        mean = shares.mean(0)
        emotions, points, deviations = _meanings()
        evidence = len(inside) / (len(inside) + ENOUGH)
        probabilities = evidence * (mean @ emotions) + (1 - evidence) / len(EKMAN)
        coverage = min(1.0, len(inside) * INTERVAL / (end - start))
        centre = mean @ points
        spread = np.sqrt(mean @ (deviations[:, None] ** 2 + (points - centre) ** 2) / evidence)
        return Reading(
            dict(zip(EKMAN, (probabilities / probabilities.sum()).tolist(), strict=True)),
            Gaussian(float(centre[0]), float(spread[0]), float(centre[1]), float(spread[1])),
            RELIABILITY * coverage * evidence,
            self._evidence(inside, shares),
        )

    def activity(self, start: float, end: float, film: FilmContext) -> Mapping[str, float]:
        """None: what a picture shows is no measure of how much happens."""
        return {}

    def _evidence(self, inside: npt.NDArray[np.intp], shares: Floats) -> tuple[Evidence, ...]:
        """The pictures that show one telling kind of scene most clearly."""
        telling = np.array([max(p.emotions.values(), default=0) >= _TELLING for p in prompts()])
        clear = np.where(telling, shares, 0)
        best = clear.argmax(1)
        found: dict[str, Evidence] = {}
        for row in clear.max(1).argsort()[::-1].tolist():
            share, text = float(clear[row, best[row]]), prompts()[best[row]].text
            if share >= _LEAST_SHOWN and text not in found and len(found) < _SHOWN:
                time = float(self.times[inside[row]])
                found[text] = Evidence(time, NAME, f"{text} ({share:.1f})", share)
        return tuple(found.values())


class _Watcher:
    """Looks at the pictures that show anything."""

    def __init__(self, bundle: Bundle) -> None:
        self._encoder = PictureEncoder(bundle)
        self._texts = prompt_vectors(bundle)
        self._times: list[float] = []
        self._vectors: list[Vectors] = []

    def picture(self, time: float, image: Image) -> None:
        if image.std() >= _LEAST_CONTRAST:
            self._times.append(time)
            self._vectors.append(self._encoder.encode(image))

    def sound(self, time: float, samples: Samples) -> None:
        """Not used."""

    def finish(self, earlier: Mapping[str, Track]) -> SceneTrack:
        vectors = np.concatenate([np.zeros((0, WIDTH), np.float32), *self._vectors])
        return SceneTrack(
            np.array(self._times, np.float64),
            vectors.astype(np.float16),
            unit(vectors) @ self._texts.T,
        )


def load(arrays: Arrays) -> SceneTrack:
    """The track of these arrays; raises KeyError or ValueError for any other."""
    if arrays["prompts"].tolist() != [prompt.text for prompt in prompts()]:
        raise ValueError("a track of other prompts")
    track = SceneTrack(arrays["times"], arrays["embeddings"], arrays["cosines"])
    count = len(track.times)
    if track.embeddings.shape != (count, WIDTH) or track.cosines.shape != (count, len(prompts())):
        raise ValueError("a track of other shapes")
    return track


def scene_expert(bundle: Bundle = BUNDLE) -> Expert:
    """The expert, on the networks of a bundle."""
    return Expert(
        name=NAME,
        about="what pictures show, by CLIP",
        interval=INTERVAL,
        side=SIDE,
        needs_sound=False,
        missing=lambda: missing(bundle),
        watch=lambda: _Watcher(bundle),
        load=load,
    )


SCENE = scene_expert()


def _shares(cosines: npt.NDArray[np.float32]) -> Floats:
    """The probability [n, prompts] of each prompt."""
    logits = LOGIT_SCALE * cosines.astype(np.float64)
    weights = np.exp(logits - logits.max(1, keepdims=True))
    return weights / weights.sum(1, keepdims=True)


@cache
def _meanings() -> tuple[Floats, Floats, Floats]:
    """Of the prompts: emotions [prompts, 6], valence and arousal [prompts, 2], deviations."""
    emotions = np.array(
        [[prompt.emotions.get(name, 0.0) for name in EKMAN] for prompt in prompts()]
    )
    emotions += (1 - emotions.sum(1, keepdims=True)) / len(EKMAN)
    points = np.array([(prompt.valence, prompt.arousal) for prompt in prompts()])
    return emotions, points, np.array([prompt.sd for prompt in prompts()])
