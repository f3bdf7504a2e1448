"""Correlations, ranks, shares and their intervals, for the reports."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Json = dict[str, Any]
"""A part of a report. Undefined figures are NaN; :func:`finite` makes them null."""

RESAMPLES = 1000
"""Resamples of a bootstrap."""
_PERCENTILES = {"min": 0, "p5": 5, "p25": 25, "median": 50, "p75": 75, "p95": 95, "max": 100}


def validate(*columns: npt.ArrayLike) -> None:
    """Raise ValueError unless all columns are lists of the same length."""
    shapes = {np.shape(column) for column in columns}
    if len(shapes) != 1 or any(len(shape) != 1 for shape in shapes):
        raise ValueError(f"columns must be lists of one length, not of shapes {sorted(shapes)}")


def mean(values: npt.ArrayLike) -> float:
    """The mean of a list [n]; NaN for an empty one."""
    found = np.asarray(values, np.float64)
    return float(found.mean()) if len(found) else math.nan


def pearson(x: npt.ArrayLike, y: npt.ArrayLike) -> float:
    """Pearson's correlation of two lists [n]; NaN if one of them is constant.

    Raises ValueError where :func:`validate` does.
    """
    validate(x, y)
    a, b = np.asarray(x, np.float64), np.asarray(y, np.float64)
    a, b = a - a.mean(), b - b.mean()
    norm = math.sqrt(float(a @ a) * float(b @ b))
    return float(a @ b) / norm if norm > 0 else math.nan


def spearman(x: npt.ArrayLike, y: npt.ArrayLike) -> float:
    """Spearman's correlation of two lists [n]: Pearson's of their ranks; ties share one rank.

    Raises ValueError where :func:`validate` does.
    """
    validate(x, y)
    return pearson(_ranks(np.asarray(x, np.float64)), _ranks(np.asarray(y, np.float64)))


def _ranks(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    ordered = np.sort(values)
    first, last = (np.searchsorted(ordered, values, side) for side in ("left", "right"))
    return np.asarray((first + last - 1) / 2, np.float64)


def auc(values: npt.ArrayLike, positive: npt.ArrayLike) -> float:
    """The area under the ROC curve: how likely a positive has the greater value; ties count half.

    values: [n]. positive: [n] booleans. NaN when all are alike.
    Raises ValueError where :func:`validate` does.
    """
    validate(values, positive)
    values, positive = np.asarray(values, np.float64), np.asarray(positive, bool)
    high, low = values[positive], np.sort(values[~positive])
    if not len(high) or not len(low):
        return math.nan
    below = np.searchsorted(low, high, "left") + np.searchsorted(low, high, "right")
    return float(below.mean() / 2 / len(low))


def percentiles(drawn: Sequence[float]) -> list[float]:
    """The bounds of the middle 95% of a bootstrap's draws; draws that are NaN do not count."""
    finite = [value for value in drawn if math.isfinite(value)]
    return np.percentile(finite, (2.5, 97.5)).tolist() if finite else [math.nan, math.nan]


def bootstrap(
    statistic: Callable[..., float], *columns: npt.ArrayLike, rng: np.random.Generator
) -> list[float]:
    """The 95% percentile interval of a statistic of columns [n], with their rows resampled.

    Raises ValueError where :func:`validate` does.
    """
    validate(*columns)
    arrays = [np.asarray(column) for column in columns]
    n = len(arrays[0])
    rows = (rng.integers(n, size=n) for _ in range(RESAMPLES))
    return percentiles([statistic(*(array[chosen] for array in arrays)) for chosen in rows])


def estimate(
    statistic: Callable[..., float], *columns: npt.ArrayLike, rng: np.random.Generator
) -> Json:
    """A statistic of columns [n] with its 95% interval and n, for the report."""
    n = len(np.asarray(columns[0]))
    if not n:
        return {"value": math.nan, "interval": [math.nan, math.nan], "n": 0}
    interval = bootstrap(statistic, *columns, rng=rng)
    return {"value": statistic(*columns), "interval": interval, "n": n}


def wilson(successes: int, trials: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's score interval of a proportion, 95% by default; 0..1 without trials.

    Raises ValueError unless 0 <= successes <= trials.
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes of {trials} trials make no proportion")
    if not trials:
        return 0.0, 1.0
    share, weight = successes / trials, z * z / trials
    middle = (share + weight / 2) / (1 + weight)
    half = math.sqrt(weight * (share * (1 - share) + weight / 4)) / (1 + weight)
    return max(0.0, middle - half), min(1.0, middle + half)


def proportion(successes: int, trials: int) -> Json:
    """A share with Wilson's 95% interval and n; the share is NaN without trials."""
    value = successes / trials if trials else math.nan
    return {"value": value, "interval": list(wilson(successes, trials)), "n": trials}


def distribution(values: Sequence[float]) -> Json:
    """Percentiles of values, from the least to the greatest, and n; values of NaN do not count.

    ``p25`` and ``p75`` are the quartiles. Without values all are NaN.
    """
    known = [value for value in values if not math.isnan(value)]
    points = np.percentile(known or [math.nan], list(_PERCENTILES.values())).tolist()
    return {**dict(zip(_PERCENTILES, points, strict=True)), "n": len(known)}


def finite(value: Any) -> Any:
    """A copy of a report that is valid JSON: NaN and infinities become null, at any depth."""
    if isinstance(value, dict):
        return {key: finite(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [finite(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
