"""Dissolves: one picture is mixed with the next.

In a window that holds a dissolve, every frame lies near the straight line from the first picture to
the last. The way along the line rises from 0 to 1 in many small steps, and before and after the
window little changes. Windows of seven lengths are tried at every place. The best ones are measured
cell by cell (:mod:`~engine.video.blends`), and a network of one hidden layer turns the measurements
into a score (:mod:`~engine.video.dissolve_network`).

Rows come at about 25 a second. All sums over a window are made of products of two rows at a fixed
distance. So each product is computed once, for a block of rows at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from engine.arrays import Floats, Ints
from engine.video.blends import Block, Measured, looks_of, margin, measure
from engine.video.dissolve_network import DissolveNetwork
from engine.video.hard_cuts import Rows

LENGTHS = (6, 9, 13, 19, 28, 40, 58)
"""Lengths of windows, in rows."""
REACH = LENGTHS[-1] + 2 * margin(LENGTHS[-1]) + 1
"""Rows that the longest window needs."""
_INSIDE = 8
"""Steps that a window is divided into at first sight."""

_LINE = 1.0
"""The farthest from the line, as a share of the change."""
_STEP = 0.7
"""The longest step along the line."""
_DETOUR = 1.5
"""The longest way along the line, there and back."""
_OUTSIDE = 1.6
"""The most that may change outside, as a share of the change."""
_NOISE = 0.02
"""Root mean square of noise and recompression."""
_FIRST_SIGHT = 0.8
"""The least change over motion of a window that is measured."""
_LEAST = 0.02
"""Scores below this are not kept."""
_BEGUN = 0.1
"""The share of the way from which on a dissolve has begun, and with 1 less it, until it ends."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of rows that may be a dissolve.

    start, end: rows of the last old and the first new picture. centre: where half is done.
    score: 1 or more for a dissolve. change: how much the two pictures differ everywhere, 0..1.
    """

    start: float
    centre: float
    end: float
    score: float
    change: float

    def later(self, rows: int) -> Window:
        """The window, counted from a row that is so many rows earlier."""
        return replace(
            self, start=self.start + rows, centre=self.centre + rows, end=self.end + rows
        )


def find_windows(rows: Rows, details: Floats, network: DissolveNetwork) -> list[Window]:
    """The windows of some rows that may be dissolves; positions count from the first row."""
    found: list[Window] = []
    for places, measured in measured_windows(rows, details):
        scores = network.scores(measured.features)
        for index in np.flatnonzero(measured.usable & (scores > _LEAST)).tolist():
            start, centre, end = extent(measured.way[index], measured.inside[index])
            place = int(places[index])
            found.append(
                Window(
                    place + start, place + centre, place + end,
                    float(scores[index]), float(measured.changes[index]),
                )
            )  # fmt: skip
    return best_windows(found)


def measured_windows(rows: Rows, details: Floats) -> Iterator[tuple[Ints, Measured]]:
    """Where the windows begin that may be dissolves at first sight, and features.

    Windows with as many looks come together.
    """
    products, block = _Products(rows), Block(rows, details)
    for _, lengths in groupby(LENGTHS, key=lambda length: len(looks_of(length))):
        chosen = [(place, length) for length in lengths for place in _chosen(products, length)]
        if chosen:
            begins, own = np.array(chosen, dtype=np.int64).T
            yield begins, measure(block, begins, own)


def _chosen(products: _Products, length: int) -> list[int]:
    """Where windows of a length begin that may be dissolves, the best of those that overlap."""
    places, scores = _tried(products, length)
    taken = np.zeros(len(products.rows), dtype=np.bool_)
    found = []
    for place in places[np.argsort(-scores, kind="stable")].tolist():
        if not taken[place + length // 6 : place + length - length // 6].any():
            taken[place : place + length] = True
            found.append(place)
    return found


def extent(way: Floats, inside: Ints) -> tuple[float, float, float]:
    """Where a dissolve begins, is half done, and ends, in rows from the window's start.

    way: how far each look has come. inside: the rows of the looks.
    """
    start = int(inside[max(0, int(np.argmax(way > _BEGUN)) - 1)])
    last = len(way) - int(np.argmax(way[::-1] < 1 - _BEGUN))
    end = int(inside[min(len(way) - 1, last)])
    centre = float(np.interp(0.5, np.maximum.accumulate(way), inside))
    return start, min(max(start, centre), end), end


class _Products:
    """Products of rows at fixed distances."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows - rows.mean(axis=0)
        self._by_lag: dict[int, Floats] = {}

    def lag(self, lag: int) -> Floats:
        """The product of each row with the one ``lag`` rows later; 0 beyond the end."""
        if lag not in self._by_lag:
            rows = self.rows
            found = np.zeros(len(rows))
            found[: len(rows) - lag] = np.einsum("ij,ij->i", rows[: len(rows) - lag], rows[lag:])
            self._by_lag[lag] = found
        return self._by_lag[lag]


def _tried(products: _Products, length: int) -> tuple[Ints, Floats]:
    """Where windows of a length may hold a dissolve, and their change over motion."""
    outer = margin(length)
    place = np.arange(outer, len(products.rows) - length - outer)
    if not len(place):
        return place, np.zeros(0)

    def product(one: int, other: int) -> Floats:
        low, high = min(one, other), max(one, other)
        return products.lag(high - low)[outer + low :][: len(place)]

    def apart(one: int, other: int) -> Floats:
        return np.maximum(product(one, one) + product(other, other) - 2 * product(one, other), 0)

    old, both = product(0, 0), product(0, length)
    change = np.maximum(apart(0, length), 1e-6)
    # Another transition may follow soon, so a nearer row outside may count.
    near = max(2, outer // 2)
    before, after = (
        np.sqrt(np.minimum(apart(*far), apart(*close)) / change)
        for far, close in (
            ((-outer, 0), (-near, 0)),
            ((length, length + outer), (length, length + near)),
        )
    )
    outside = (before + after) / 2
    shares, away = [np.zeros(len(place))], np.zeros(len(place))
    inner = [round(step * length / _INSIDE) for step in range(1, _INSIDE)]
    for row in inner:
        share = (product(row, length) - product(0, row) - both + old) / change
        away += np.maximum(apart(0, row) / change - share**2, 0)
        shares.append(share)
    shares.append(np.ones(len(place)))
    steps = np.abs(np.diff(shares, axis=0))
    line = np.sqrt(away / len(inner))
    size = np.sqrt(change / products.rows.shape[1])
    score = 1 / (line + outside + _NOISE / size)
    usable = (
        (line < _LINE) & (outside < _OUTSIDE) & (steps.max(axis=0) < _STEP)
        & (steps.sum(axis=0) < _DETOUR) & (score > _FIRST_SIGHT)
    )  # fmt: skip
    return place[usable], score[usable]


def best_windows(windows: list[Window]) -> list[Window]:
    """The windows that overlap no better one, the best first."""
    kept: list[Window] = []
    for window in sorted(windows, key=lambda w: -w.score):
        if all(window.end <= other.start or window.start >= other.end for other in kept):
            kept.append(window)
    return kept
