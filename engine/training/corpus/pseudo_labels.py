"""Emotion for all songs, predicted from the few that have labels.

A quarter of the songs have labels. A label also depends on things that are not in the notes, such
as sound and words. So the network learns from predictions instead: a regression fitted to the
labels predicts the emotion of every song from its notes
(:mod:`engine.metrics.label_features`). Songs whose labels are reserved for the judge stay
unknown, and nothing is fitted to them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from engine.arrays import Floats, Mask
from engine.metrics.regression import best_penalty, cross_validate, fit
from engine.metrics.statistics import pearson
from engine.music.conditions import EMOTION

FEWEST_GROUPS = 100
"""With fewer labelled songs, no regression is fitted, and labels are used as they are. Versions of
one song count once."""
SPREAD = 0.4
"""Standard deviation of the predictions, whose mean is 0. Films ask for up to 0.8 either way, which
one song in twenty exceeds."""


def pseudo_label(
    label_features: npt.NDArray[np.float32],
    labels: npt.NDArray[np.float32],
    groups: npt.NDArray[np.str_],
    judged: Mask,
    validation: Mask,
) -> tuple[Floats, dict[str, Any]]:
    """Valence and arousal of each song [n, 2], NaN if unknown, and a report of the regressions.

    label_features: [n, F]. labels: [n, 2], NaN unknown. groups: [n], equal for versions of one
    song. judged, validation: [n]; the regression is fitted on songs that are neither.
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
        predicted = fit(*given, penalty)(label_features.astype(np.float64))
        standard = (predicted - predicted.mean()) / max(predicted.std(), 1e-9)
        emotion[:, column] = np.where(hidden, np.nan, np.clip(SPREAD * standard, -1, 1))
        report[name] = {
            "fitted_on": int(known.sum()),
            "cross_validated_r": pearson(blind, given[1]),
            "penalty": penalty,
        }
    return emotion, report
