"""Guessing a number from a piece's features: what judges emotion, and what labels songs with it.

A ridge regression on standardised features (Hoerl and Kennard 1970). Its correlation with the
labels, cross-validated by song, says how far to trust it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import Floats
from engine.metrics.statistics import pearson

FOLDS = 5
PENALTIES = (30.0, 100.0, 300.0, 1000.0, 3000.0, 10000.0)
TAILS = (1, 99)
"""Features are clipped to these percentiles: one odd song must not turn the scale."""


@dataclass(frozen=True, slots=True)
class Ridge:
    """A fitted regression.

    low, high, centre, spread, weights: [F] by feature. mean: of the labels.
    """

    low: Floats
    high: Floats
    centre: Floats
    spread: Floats
    weights: Floats
    mean: float

    def __call__(self, features: Floats) -> Floats:
        """The guesses [n] for features [n, F]; a NaN counts as the average."""
        return self._standard(features) @ self.weights + self.mean

    def _standard(self, features: Floats) -> Floats:
        clipped = np.clip(features, self.low, self.high)
        return np.asarray(np.nan_to_num((clipped - self.centre) / self.spread))


def fit(features: Floats, labels: Floats, penalty: float) -> Ridge:
    """Fit features [n, F] (NaN unknown) and labels [n]."""
    known = np.isfinite(features).any(0)
    filled = np.where(known, features, 0.0)
    low, high = np.nanpercentile(filled, TAILS, axis=0)
    clipped = np.clip(filled, low, high)
    centre, spread = np.nanmean(clipped, 0), np.nanstd(clipped, 0).astype(np.float64)
    spread[spread == 0] = 1.0
    mean = float(labels.mean())
    scale = Ridge(low, high, centre, spread, np.zeros(len(low)), mean)
    x = scale._standard(features)
    gram = x.T @ x + penalty * np.eye(x.shape[1])
    weights = np.asarray(np.linalg.solve(gram, x.T @ (labels - mean)), np.float64)
    return Ridge(low, high, centre, spread, weights, mean)


def cross_validate(
    features: Floats, labels: Floats, groups: npt.NDArray[np.int64], penalty: float
) -> Floats:
    """Guesses [n] by regressions that did not know the row's group (songs and their versions).

    groups: [n] numbers of 0..; the folds are theirs, drawn once and for all.
    """
    folds = np.random.default_rng(0).permutation(int(groups.max()) + 1)[groups] % FOLDS
    guesses = np.zeros(len(labels))
    for fold in range(FOLDS):
        held = folds == fold
        if held.any():
            guesses[held] = fit(features[~held], labels[~held], penalty)(features[held])
    return guesses


def best_penalty(features: Floats, labels: Floats, groups: npt.NDArray[np.int64]) -> float:
    """The penalty that cross-validates best."""
    return max(
        PENALTIES,
        key=lambda penalty: pearson(cross_validate(features, labels, groups, penalty), labels),
    )
