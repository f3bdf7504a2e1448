"""Does the music have the emotion that was asked for?

Goal: Pearson's correlation of requested and judged valence, and arousal, over pieces asked for on
a grid of both. The judge is a ridge regression fitted on songs whose labels neither the network nor
the guesses it learns from ever saw (``labels.is_judged``), and it hears other features
(:mod:`engine.metrics.features`) than those guesses were made from (:mod:`engine.training.corpus.label_features`).
EMOPIA's quadrants (Hung et al. 2021) check it and are never used to fit; they are of piano clips
alone, and say nothing of what the judge hears in drums and bands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import Floats
from engine.errors import EmsyncError
from engine.evaluation.pieces import Request
from engine.metrics.features import FEATURES, describe
from engine.metrics.note_arrays import note_arrays
from engine.metrics.regression import Ridge, best_penalty, cross_validate, fit
from engine.metrics.statistics import Json, auc, estimate, pearson
from engine.music.conditions import EMOTION
from engine.music.key import find_key
from engine.score import Score
from engine.training.corpus.label_features import GROUPS

DURATION = 30.0
GRID = (-0.8, -0.4, 0.0, 0.4, 0.8)
LABELS = {
    "network": {
        "songs": "all but labelled songs that are judged",
        "labels": "guessed from label_features by a regression on labelled songs that are not judged",
        "label_features": list(GROUPS),
    },
    "judge": {
        "songs": "labelled songs of split=train that are judged",
        "labels": "valence: Spotify's, or Deezer's; arousal: Spotify's energy, or Deezer's arousal",
        "features": list(FEATURES),
    },
}
FEWEST_SONGS = 10
QUADRANTS = {"valence": ("Q1", "Q4"), "arousal": ("Q1", "Q2")}
"""EMOPIA's quadrants in which each is high."""


@dataclass(frozen=True, slots=True)
class Songs:
    """Excerpts of labelled songs.

    features: [n, F]. labels: [n, 2] valence and arousal, NaN unknown. groups: [n], the song's
    number; versions of one song share it. validation: [n], true for split=val.
    """

    features: Floats
    labels: Floats
    groups: npt.NDArray[np.int64]
    validation: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Clips:
    """EMOPIA: features [n, F] and the quadrant [n] of each clip."""

    features: Floats
    quadrants: npt.NDArray[np.str_]


def requests(seeds: Iterable[int]) -> list[Request]:
    """The grid, each point with every one of these seeds."""
    return [
        Request(DURATION, seed, valence, arousal)
        for seed in seeds
        for valence in GRID
        for arousal in GRID
    ]


def hear(score: Score) -> Floats:
    """The features [F] of a piece."""
    return np.array(list(describe(score).values()), np.float64)


def appoint(songs: Songs, clips: Clips | None, rng: np.random.Generator) -> tuple[
    dict[str, Ridge], Json
]:  # fmt: skip
    """The judges of valence and of arousal, and how far each is to be trusted."""
    judges: dict[str, Ridge] = {}
    report: Json = {"heard": LABELS}
    for column, name in enumerate(EMOTION):
        known = np.isfinite(songs.labels[:, column])
        ours, held = known & ~songs.validation, known & songs.validation
        features, labels = songs.features[ours], songs.labels[ours, column]
        groups = songs.groups[ours]
        if len(np.unique(groups)) < FEWEST_SONGS:
            raise EmsyncError(
                f"the index labels the {name} of too few songs of the cache for a judge; "
                "give the index that the cache was prepared with"
            )
        penalty = best_penalty(features, labels, groups)
        judge = judges[name] = fit(features, labels, penalty)
        blind = cross_validate(features, labels, groups, penalty)
        report[name] = {
            "penalty": penalty,
            "excerpts": len(labels),
            "cross_validated": estimate(pearson, *_by_song(groups, blind, labels), rng=rng),
            "validation": estimate(
                pearson,
                *_by_song(
                    songs.groups[held], judge(songs.features[held]), songs.labels[held, column]
                ),
                rng=rng,
            ),
        }
        if clips is not None:
            high = np.isin(clips.quadrants, QUADRANTS[name])
            report[name]["emopia_auc"] = estimate(auc, judge(clips.features), high, rng=rng)
    return judges, report


def _by_song(groups: npt.NDArray[np.int64], *columns: Floats) -> list[Floats]:
    """Means of columns [n] over the excerpts of each song."""
    _, song = np.unique(groups, return_inverse=True)
    return [np.bincount(song, column) / np.bincount(song) for column in columns]


def evaluate(
    asked: Sequence[Request],
    scores: Sequence[Score],
    judges: dict[str, Ridge],
    rng: np.random.Generator,
) -> Json:
    """Requested against judged, with note density and mode as diagnostics."""
    features = np.array([hear(score) for score in scores])
    wished = {name: np.array([getattr(one, name) for one in asked]) for name in EMOTION}
    judged = {name: judge(features) for name, judge in judges.items()}
    density = np.array([len(score.notes) / score.duration for score in scores])
    major = np.array([_is_major(score) for score in scores])
    keyed = np.isfinite(major)
    return {
        **{
            name: {
                "pearson": estimate(pearson, wished[name], judged[name], rng=rng),
                "other": pearson(wished[other], judged[name]),
                "requested": wished[name].tolist(),
                "judged": judged[name].round(4).tolist(),
            }
            for name, other in zip(EMOTION, reversed(EMOTION), strict=True)
        },
        "diagnostics": {
            "arousal_and_note_density": estimate(pearson, wished["arousal"], density, rng=rng),
            "valence_and_major": estimate(pearson, wished["valence"][keyed], major[keyed], rng=rng),
            "major_share": {
                f"{point:g}": _mean(major[keyed & (wished["valence"] == point)]) for point in GRID
            },
            "note_density": {
                f"{point:g}": _mean(density[wished["arousal"] == point]) for point in GRID
            },
        },
    }


def _is_major(score: Score) -> float:
    """1 for a major key, 0 for minor, NaN for none."""
    pitched = note_arrays(score).pitched
    key = find_key(pitched.pitch, pitched.length)
    return key if np.isnan(key) else float(key < 12)


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else float("nan")
