"""Valence and arousal found in notes, to rate how near a piece is to what was asked.

A ridge regression on excerpts of labelled training songs. Its features are those that label the
network's songs (:mod:`engine.metrics.label_features`). The judge of ``emsync model
evaluate`` has other features and other songs, so it stays a judge of the takes that this chooses.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from engine.arrays import Floats
from engine.metrics.label_features import label_features
from engine.metrics.regression import Ridge
from engine.music.conditions import EMOTION
from engine.music.events import encode, normalise
from engine.score import Score

TABLE = Path(__file__).with_name("emotion.json")


@dataclass(frozen=True, slots=True)
class Finder:
    """A regression of valence, and one of arousal.

    source: what they were fitted on. low, high: the limits to which features are clipped [F].
    slopes: by name, the weight of each clipped feature [F]. starts: what is added.
    """

    source: str
    low: Floats
    high: Floats
    slopes: Mapping[str, Floats]
    starts: Mapping[str, float]

    def __call__(self, features: Floats) -> dict[str, float]:
        """Valence and arousal by name, for the features [F] of a piece."""
        clipped = np.clip(features, self.low, self.high)
        return {name: float(clipped @ self.slopes[name]) + self.starts[name] for name in EMOTION}


def features(score: Score) -> Floats:
    """The features [F] of a piece."""
    return label_features(np.array(encode(normalise(score)), np.uint16))


def finder_of(fits: Mapping[str, Ridge], source: str) -> Finder:
    """The finder of two fitted regressions by name; both have the same limits."""
    slopes = {name: ridge.weights / ridge.spread for name, ridge in fits.items()}
    starts = {name: ridge.mean - float(ridge.centre @ slopes[name]) for name, ridge in fits.items()}
    first = next(iter(fits.values()))
    return Finder(source, first.low, first.high, slopes, starts)


@lru_cache(maxsize=1)
def song_emotion() -> Finder:
    """The regressions that come with the program."""
    return from_json(TABLE.read_text(encoding="utf-8"))


def to_json(finder: Finder) -> str:
    """The regressions as JSON, a line for every list."""
    lists = {"low": finder.low, "high": finder.high, **finder.slopes}
    lines = [f'"source": {json.dumps(finder.source)}', f'"starts": {json.dumps(finder.starts)}']
    for name, values in lists.items():
        lines.append(f'"{name}": {json.dumps([float(f"{value:.3g}") for value in values])}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def from_json(text: str) -> Finder:
    """Read the regressions. Raises ValueError or KeyError if there are none."""
    content = json.loads(text)
    lists = {name: np.array(content[name], np.float64) for name in ("low", "high", *EMOTION)}
    slopes = {name: lists[name] for name in EMOTION}
    return Finder(content["source"], lists["low"], lists["high"], slopes, content["starts"])
