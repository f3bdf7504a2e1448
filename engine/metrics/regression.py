"""Ridge regression of a number on a piece's features (Hoerl and Kennard 1970).

The judge of emotion is such a regression, and so is what labels unlabelled songs. Features are
standardised. The correlation of cross-validated predictions with the labels says how far to trust
it.
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
"""Features are clipped to these percentiles, so that no single song decides the fit."""


@dataclass(frozen=True, slots=True)
class Ridge:
    """A fitted regression.

    low, high: the limits to which features are clipped [F].
    centre, spread: mean and standard deviation of the clipped features [F].
    weights: of the standardised features [F]. mean: of the labels.
    """

    low: Floats
    high: Floats
    centre: Floats
    spread: Floats
    weights: Floats
    mean: float

    def __call__(self, features: Floats) -> Floats:
        """The predictions [n] for features [n, F]; a NaN counts as the average."""
        return self._standard(features) @ self.weights + self.mean

    def _standard(self, features: Floats) -> Floats:
        clipped = np.clip(features, self.low, self.high)
        return np.asarray(np.nan_to_num((clipped - self.centre) / self.spread))


def validate(features: Floats, labels: Floats) -> None:
    """Raise ValueError unless there are features [n, F] for finite labels [n], and n > 0."""
    if features.ndim != 2 or labels.shape != features.shape[:1]:
        raise ValueError(f"features {features.shape} do not fit labels {labels.shape}")
    if not len(labels) or not np.isfinite(labels).all():
        raise ValueError("labels must be finite, and at least one")


def fit(features: Floats, labels: Floats, penalty: float) -> Ridge:
    """Fit labels [n] by features [n, F]; an unknown feature is NaN.

    Raises ValueError where :func:`validate` does.
    """
    validate(features, labels)
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
    """Predictions [n], each by a regression fitted without the row's group.

    groups: [n] numbers from 0 on, one a song with all its versions. Each group lies in one of
    :data:`FOLDS` folds, always the same.
    Raises ValueError where :func:`validate` does.
    """
    validate(features, labels)
    folds = np.random.default_rng(0).permutation(int(groups.max()) + 1)[groups] % FOLDS
    predicted = np.zeros(len(labels))
    for fold in range(FOLDS):
        held = folds == fold
        if held.any():
            predicted[held] = fit(features[~held], labels[~held], penalty)(features[held])
    return predicted


def best_penalty(features: Floats, labels: Floats, groups: npt.NDArray[np.int64]) -> float:
    """The penalty of :data:`PENALTIES` whose cross-validated predictions correlate best."""
    return max(
        PENALTIES,
        key=lambda penalty: pearson(cross_validate(features, labels, groups, penalty), labels),
    )
