"""Does the music have the emotion that was asked for?

Goal: Pearson's correlation of requested and judged valence, and of arousal, over pieces on a grid
of both. The judge is a ridge regression fitted on labelled songs. Neither the network nor the
regression that labels its songs ever sees these labels (``labels.is_judged``). The judge also uses
other features (:mod:`engine.metrics.features`) than that regression does
(:mod:`engine.metrics.label_features`).

EMOPIA's quadrants (Hung et al. 2021) check the judge and are never used to fit it. They are of
piano clips only, and say nothing about drums and bands.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from engine.arrays import Floats, Ints
from engine.composing.planned import planned_asked
from engine.errors import EmsyncError
from engine.evaluation.references import DURATION, Clips, Songs
from engine.evaluation.request import Request
from engine.metrics.features import FEATURES, feature_vector
from engine.metrics.label_features import GROUPS
from engine.metrics.note_arrays import note_arrays
from engine.metrics.regression import Ridge, best_penalty, cross_validate, fit
from engine.metrics.statistics import Json, auc, estimate, mean, pearson
from engine.metrics.turning import counts
from engine.music.conditions import EMOTION
from engine.music.key import find_key
from engine.rating.rating import rate
from engine.score import Score

GRID = (-0.8, -0.4, 0.0, 0.4, 0.8)
"""The valences, and the arousals, asked for."""
SOURCES = {
    "network": {
        "songs": "all but labelled songs that are judged",
        "labels": "predicted from label_features by a regression on labelled songs not judged",
        "label_features": list(GROUPS),
    },
    "judge": {
        "songs": "labelled songs of split=train that are judged",
        "labels": "valence: Spotify's, or Deezer's; arousal: Spotify's energy, or Deezer's arousal",
        "features": list(FEATURES),
    },
}
"""For the report: the songs, labels and features of the network and of the judge."""
FEWEST_SONGS = 10
QUADRANTS = {"valence": ("Q1", "Q4"), "arousal": ("Q1", "Q2")}
"""The quadrants of EMOPIA in which each is high."""


def requests(seeds: Iterable[int]) -> list[Request]:
    """Every point of the grid with each of these seeds."""
    return [
        Request(DURATION, seed, valence, arousal)
        for seed in seeds
        for valence in GRID
        for arousal in GRID
    ]


def fit_judges(songs: Songs, clips: Clips | None, rng: np.random.Generator) -> tuple[
    dict[str, Ridge], Json
]:  # fmt: skip
    """Fit the judges of valence and of arousal, by name, and report how well they predict.

    Raises EmsyncError when fewer than :data:`FEWEST_SONGS` songs are labelled.
    """
    judges: dict[str, Ridge] = {}
    report: Json = {"sources": SOURCES}
    for column, name in enumerate(EMOTION):
        known = np.isfinite(songs.labels[:, column])
        ours, held_out = known & ~songs.validation, known & songs.validation
        features, labels = songs.features[ours], songs.labels[ours, column]
        groups = songs.groups[ours]
        if len(np.unique(groups)) < FEWEST_SONGS:
            raise EmsyncError(
                f"the index labels the {name} of too few songs of the cache for a judge; "
                "give the index that the cache was prepared with"
            )
        penalty = best_penalty(features, labels, groups)
        judge = judges[name] = fit(features, labels, penalty)
        predicted = cross_validate(features, labels, groups, penalty)
        report[name] = {
            "penalty": penalty,
            "excerpts": len(labels),
            "cross_validated": estimate(pearson, *_by_song(groups, predicted, labels), rng=rng),
            "validation": estimate(
                pearson,
                *_by_song(
                    songs.groups[held_out],
                    judge(songs.features[held_out]),
                    songs.labels[held_out, column],
                ),
                rng=rng,
            ),
        }
        if clips is not None:
            high = np.isin(clips.quadrants, QUADRANTS[name])
            report[name]["emopia_auc"] = estimate(auc, judge(clips.features), high, rng=rng)
    return judges, report


def _by_song(groups: Ints, *columns: Floats) -> list[Floats]:
    """The means of columns [n] over the excerpts of each song."""
    _, song = np.unique(groups, return_inverse=True)
    return [np.bincount(song, column) / np.bincount(song) for column in columns]


def evaluate(
    asked: Sequence[Request],
    scores: Sequence[Score],
    judges: dict[str, Ridge],
    rng: np.random.Generator,
) -> Json:
    """Requested against judged emotion, with note density and mode as diagnostics.

    ``grids`` has the means at each point of the grid, as judged and of counts that need no judge.

    asked, scores: the requests and their pieces, in the same order.
    """
    features = np.array([feature_vector(score) for score in scores])
    requested = {name: np.array([getattr(one, name) for one in asked]) for name in EMOTION}
    judged = {name: judge(features) for name, judge in judges.items()}
    density = np.array([len(score.notes) / score.duration for score in scores])
    major = np.array([_is_major(score) for score in scores])
    keyed = np.isfinite(major)
    valence, arousal = requested["valence"], requested["arousal"]
    counted = [_counted(score) for score in scores]
    return {
        **{
            name: {
                "pearson": estimate(pearson, requested[name], judged[name], rng=rng),
                "other": pearson(requested[other], judged[name]),
                "requested": requested[name].tolist(),
                "judged": judged[name].round(4).tolist(),
            }
            for name, other in zip(EMOTION, reversed(EMOTION), strict=True)
        },
        "diagnostics": {
            "arousal_and_note_density": estimate(pearson, arousal, density, rng=rng),
            "valence_and_major": estimate(pearson, valence[keyed], major[keyed], rng=rng),
            "major_share": {
                f"{point:g}": mean(major[keyed & (valence == point)]) for point in GRID
            },
            "note_density": {f"{point:g}": mean(density[arousal == point]) for point in GRID},
        },
        "grids": {
            name: _grid(values, valence, arousal)
            for name, values in {
                "judged_valence": judged["valence"],
                "judged_arousal": judged["arousal"],
                **{name: np.array([row[name] for row in counted]) for name in counted[0]},
                "rating": np.array([_rating(*pair) for pair in zip(asked, scores, strict=True)]),
            }.items()
        },
    }


def _counted(score: Score) -> dict[str, float]:
    """What plays, and the tempo in quarter notes a minute; NaN without planned beats."""
    tempo = math.nan
    if score.beat_map is not None:
        tempo = 60 * score.beat_map.beats[-1] / score.beat_map.seconds[-1]
    return {**counts(score), "tempo": tempo}


def _rating(request: Request, score: Score) -> float:
    """The rating of a piece for its plan, without the network's surprise."""
    if score.beat_map is None:
        return math.nan
    return rate(score, planned_asked(request.plan(), request.cues())).total


def _grid(values: Floats, valence: Floats, arousal: Floats) -> Json:
    """Means over the pieces at each point: a row for each valence, and in it for each arousal.

    Slopes are by how much the values [n] rise with each unit of valence and of arousal.
    """
    known = np.isfinite(values)
    columns = np.stack([valence, arousal, np.ones(len(values))], axis=1)[known]
    fitted = np.linalg.lstsq(columns, values[known], rcond=None)[0]
    return {
        "means": [
            [mean(values[known & (valence == v) & (arousal == a)]) for a in GRID] for v in GRID
        ],
        "slopes": dict(zip(EMOTION, fitted[:2].tolist(), strict=True)),
    }


def _is_major(score: Score) -> float:
    """1 for a major key, 0 for minor, NaN for none."""
    pitched = note_arrays(score).pitched
    key = find_key(pitched.pitch, pitched.length)
    return key if np.isnan(key) else float(key < 12)
