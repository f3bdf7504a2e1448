"""Correlations, ranks and intervals, as far as the reports need them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.metrics.alignment import wilson

Json = dict[str, Any]
"""What goes into a report; NaN becomes null on the way to the file."""

RESAMPLES = 1000


def pearson(x: npt.ArrayLike, y: npt.ArrayLike) -> float:
    """Pearson's correlation of two lists [n]; NaN where one of them never changes."""
    a, b = np.asarray(x, np.float64), np.asarray(y, np.float64)
    a, b = a - a.mean(), b - b.mean()
    norm = math.sqrt(float(a @ a) * float(b @ b))
    return float(a @ b) / norm if norm > 0 else math.nan


def auc(values: npt.ArrayLike, positive: npt.ArrayLike) -> float:
    """The chance that a positive has the greater value (area under the ROC curve), ties half.

    values: [n]. positive: [n] booleans. NaN when all are alike.
    """
    values, positive = np.asarray(values, np.float64), np.asarray(positive, bool)
    high, low = values[positive], np.sort(values[~positive])
    if not len(high) or not len(low):
        return math.nan
    below = np.searchsorted(low, high, "left") + np.searchsorted(low, high, "right")
    return float(below.mean() / 2 / len(low))


def percentiles(drawn: Sequence[float]) -> list[float]:
    """The middle 95% of a bootstrap's draws; those that are NaN are left out."""
    finite = [value for value in drawn if math.isfinite(value)]
    return np.percentile(finite, (2.5, 97.5)).tolist() if finite else [math.nan, math.nan]


def bootstrap(
    statistic: Callable[..., float], *columns: npt.ArrayLike, rng: np.random.Generator
) -> list[float]:
    """The 95% percentile interval of a statistic of columns [n], their rows resampled."""
    arrays = [np.asarray(column) for column in columns]
    n = len(arrays[0])
    rows = (rng.integers(n, size=n) for _ in range(RESAMPLES))
    return percentiles([statistic(*(array[chosen] for array in arrays)) for chosen in rows])


def estimate(
    statistic: Callable[..., float], *columns: npt.ArrayLike, rng: np.random.Generator
) -> Json:
    """A statistic with its interval and n, as a report has it."""
    n = len(np.asarray(columns[0]))
    if not n:
        return {"value": math.nan, "interval": [math.nan, math.nan], "n": 0}
    interval = bootstrap(statistic, *columns, rng=rng)
    return {"value": statistic(*columns), "interval": interval, "n": n}


def proportion(successes: int, trials: int) -> Json:
    """A share with Wilson's interval and n."""
    value = successes / trials if trials else math.nan
    return {"value": value, "interval": list(wilson(successes, trials)), "n": trials}


def finite(value: Any) -> Any:
    """A report fit for JSON: NaN and infinities as null, at any depth."""
    if isinstance(value, dict):
        return {key: finite(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [finite(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
