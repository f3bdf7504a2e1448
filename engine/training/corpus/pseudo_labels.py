"""Emotion for all songs, from the few that are labelled.

A quarter of the songs have labels, and a label says much that no note tells (the sound, the
words). So the network learns from neither label nor silence, but from what a regression hears of
the labels in the notes of every song (:mod:`engine.training.corpus.label_features`). Songs whose labels are the
judge's stay unknown, and nothing is fitted to them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from engine.arrays import Floats
from engine.metrics.regression import best_penalty, cross_validate, fit
from engine.metrics.statistics import pearson
from engine.music.conditions import EMOTION

FEWEST_GROUPS = 100
"""With fewer labelled songs (versions of one counted once) no regression is fitted, and labels are
taken as they are."""
SPREAD = 0.4
"""Standard deviation of what songs are said to be, about 0: films ask for up to 0.8 either way, and
so for what one song in twenty goes beyond."""


def pseudo_label(
    label_features: npt.NDArray[np.float32],
    labels: npt.NDArray[np.float32],
    groups: npt.NDArray[np.str_],
    judged: npt.NDArray[np.bool_],
    validation: npt.NDArray[np.bool_],
) -> tuple[Floats, dict[str, Any]]:
    """Valence and arousal of each song [n, 2], NaN where it stays unknown, and a report.

    label_features: [n, T]. labels: [n, 2], NaN unknown. groups: [n], alike for versions of one song.
    judged, validation: [n]; the regression is fitted on songs that are neither.
    """
    emotion = np.where(judged[:, None], np.nan, labels).astype(np.float64)
    hidden = judged & np.isfinite(labels).any(1)
    _, numbers = np.unique(groups, return_inverse=True)
    report: dict[str, Any] = {}
    for column, name in enumerate(EMOTION):
        known = np.isfinite(emotion[:, column]) & ~validation
        if len(np.unique(numbers[known])) < FEWEST_GROUPS:
            continue
        given = label_features[known].astype(np.float64), emotion[known, column]
        of_known = numbers[known]
        penalty = best_penalty(*given, of_known)
        blind = cross_validate(*given, of_known, penalty)
        heard = fit(*given, penalty)(label_features.astype(np.float64))
        standard = (heard - heard.mean()) / max(heard.std(), 1e-9)
        emotion[:, column] = np.where(hidden, np.nan, np.clip(SPREAD * standard, -1, 1))
        report[name] = {
            "fitted_on": int(known.sum()),
            "cross_validated_r": pearson(blind, given[1]),
            "penalty": penalty,
        }
    return emotion, report
