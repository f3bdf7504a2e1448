"""Statistics over the cells of windows, of which only some count."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]


def counted_cells(rows: Values, counted: Mask) -> Values:
    """The counted cells of rows of colours [rows, cells, 3]; counted: [all cells].

    A mask as an index would leave the cells of a row far apart in memory.
    """
    return rows.reshape(len(rows), -1, 3).take(np.flatnonzero(counted), axis=1)


def dot(one: Values, other: Values) -> Values:
    """The products of colours [..., 3]; faster than a sum over three values."""
    return np.asarray(np.einsum("...d,...d->...", one, other))


def norm(colours: Values) -> Values:
    """The length of colours [..., 3]."""
    return np.asarray(np.sqrt(dot(colours, colours)))


def median(values: Values, counted: Mask, part: int = 2) -> Values:
    """The median of the counted values of the last axis, the upper one of two; 4: the quartile."""
    ordered = np.where(counted, values, np.inf)
    ordered.sort(axis=-1)
    place = np.count_nonzero(counted, axis=-1) // part
    lines = ordered.reshape(-1, ordered.shape[-1])
    return np.asarray(lines[np.arange(len(lines)), place.ravel()].reshape(place.shape))


def centred(colours: Values, counted: Mask, by_channel: bool = True) -> Values:
    """Colours [windows, cells, 3] less their mean, 0 where not counted.

    by_channel: whether each channel has a mean of its own.
    """
    kept = colours * counted[..., None]
    mean = kept.sum(axis=1) / counted.sum(axis=1, keepdims=True)
    if not by_channel:
        mean = mean.mean(axis=1, keepdims=True)
    return np.asarray(kept - mean[:, None] * counted[..., None])


def correlation(one: Values, other: Values) -> Values:
    """The correlation of patterns [windows, cells, 3] whose mean is 0, -1..1."""
    power = product(one, one) * product(other, other)
    return np.asarray(product(one, other) / np.maximum(1e-6, np.sqrt(power)))


def product(one: Values, other: Values) -> Values:
    """The sum of the products of patterns [windows, cells, 3], for each window."""
    return np.asarray(np.einsum("ncd,ncd->n", one, other))
