"""Dissolves: one picture is mixed with the next.

In a window that holds a dissolve, every frame lies near the straight line from the first picture to
the last. The way along the line rises from 0 to 1 in many small steps, and before and after the
window little changes. Motion leaves the line. Windows of seven lengths are tried at every place,
and the best ones are then looked at cell by cell:

- most cells go along the line with the others: something that moves or a title is in a few cells;
- their pattern becomes another one: a change of light keeps it;
- fine detail is weaker in the middle, where two pictures share the contrast: in motion it is not.

These measurements are added up with weights that were fitted, by logistic regression, on the made
films of :data:`engine.benchmarks.cut_films.TUNING`.

Rows come at about 25 a second. All sums over a window are made of products of two rows at a fixed
distance, so each product is computed once, for a block of rows at a time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Floats, Ints
from engine.video.hard_cuts import Rows, difference

LENGTHS = (6, 9, 13, 19, 28, 40, 58)
"""Lengths of windows, in rows."""
_INSIDE = 8
"""Steps that a window is divided into."""

_LINE = 0.6
"""The farthest from the line, as a share of the change."""
_STEP = 0.62
"""The longest step along the line at first sight."""
_CELL_STEP = 0.45
"""The longest step from row to row, cell by cell: more is a cut or a strobe."""
_DETOUR = 1.25
"""The longest way along the line, there and back, at first sight."""
_CELL_DETOUR = 1.4
"""The longest way from row to row, cell by cell."""
_OUTSIDE = 1.2
"""The most that may change outside, as a share of the change, at first sight."""
_CELL_OUTSIDE = 0.92
"""The most that half of the cells may change on either side of the window."""
_NOISE = 0.02
"""Root mean square of noise and recompression."""
_LOOKS = 12
"""About how many rows of a window are looked at cell by cell."""
_CHANGED = 0.03
"""The least change of a cell that counts."""
_EXPLAINED = 0.3
"""The farthest from the line of a cell that goes along it, as a share of its change."""
_LIT = 0.07
"""Brightness, 0..1, that a cell outside letterbox bars reaches at some time."""
_DARKEST = 0.05
"""What :func:`engine.video.cuts.cells` adds to brightness."""
_FIRST_SIGHT = 0.8
"""The least change over motion of a window that is looked at closely."""

_WEIGHTS = (2.2, 3.7, -7.9, 1.7, 1.0)
"""Of the share of cells explained, the logarithm of change over motion, likeness to a change of
light, the logarithm of the typical over the greatest changes, and the loss of detail."""
_BIAS = -4.4
_SCALE = 2.0
"""The sum that a score of e is above one of 1."""


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


def _margin(length: int) -> int:
    """How far outside a window the picture is compared with the one at its end, in rows."""
    return round(length / 3 + 5)


REACH = LENGTHS[-1] + 2 * _margin(LENGTHS[-1]) + 1
"""Rows that the longest window needs."""


def find_windows(rows: Rows, details: Floats) -> list[Window]:
    """The windows of some rows that may be dissolves; positions count from the first row."""
    products = _Products(rows)
    best: list[Window] = []
    for length in LENGTHS:
        places, scores = _tried(products, length)
        taken = np.zeros(len(rows), dtype=np.bool_)
        for place in places[np.argsort(-scores, kind="stable")].tolist():
            middle = taken[place + length // 6 : place + length - length // 6]
            if not middle.any():
                taken[place : place + length] = True
                window = _looked_at(rows, details, place, length)
                if window is not None:
                    best.append(window)
    return best_windows(best)


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
    margin = _margin(length)
    place = np.arange(margin, len(products.rows) - length - margin)
    if not len(place):
        return place, np.zeros(0)

    def product(one: int, other: int) -> Floats:
        low, high = min(one, other), max(one, other)
        return products.lag(high - low)[place + low]

    def apart(one: int, other: int) -> Floats:
        return np.maximum(product(one, one) + product(other, other) - 2 * product(one, other), 0)

    old, both = product(0, 0), product(0, length)
    change = np.maximum(apart(0, length), 1e-6)
    outside = (
        np.sqrt(apart(-margin, 0) / change) + np.sqrt(apart(length, length + margin) / change)
    ) / 2
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


def _looked_at(rows: Rows, details: Floats, place: int, length: int) -> Window | None:
    """The window at ``place``, scored cell by cell; None if it can't be a dissolve."""
    margin = _margin(length)
    inside = np.linspace(0, length, min(length, _LOOKS) + 1).round().astype(np.int64)
    cells = rows[np.concatenate([[-margin], inside, [length + margin]]) + place]
    lit = lit_cells(cells)
    cells = cells.reshape(len(cells), -1, 3)[:, lit]
    old, new = cells[1], cells[-2]
    changes = np.sqrt(((new - old) ** 2).sum(axis=1))
    typical, greatest = _middle(changes), math.sqrt(float((changes**2).mean()))
    changed = changes > _CHANGED
    if changed.sum() < 8:
        return None
    changes, cells = changes[changed], cells[:, changed]
    old, new = cells[1], cells[-2]
    line, gone = new - old, cells[1:-1] - old
    outside = [
        _middle(np.sqrt(((outer - inner) ** 2).sum(axis=1)) / changes)
        for outer, inner in ((cells[0], old), (cells[-1], new))
    ]
    # How far each row has come: what half of the strongest cells have reached.
    strong = changes >= _middle(changes)
    reached = (gone[:, strong] * line[strong]).sum(axis=2) / changes[strong] ** 2
    way = np.partition(reached, reached.shape[1] // 2, axis=1)[:, reached.shape[1] // 2]
    steps = np.abs(np.diff(way))
    if steps.max() > _CELL_STEP or steps.sum() > _CELL_DETOUR or max(outside) > _CELL_OUTSIDE:
        return None
    off = gone - way[:, None, None] * line
    away = np.sqrt((off**2).sum(axis=2).mean(axis=0)) / changes
    motion = _middle(away) + sum(outside) / 2 + _NOISE / (typical + 0.01)
    change = float(difference(rows[place], rows[place + length]))
    measured = (
        float((away < _EXPLAINED).sum() / lit.sum()),
        -math.log(motion),
        _light(old, new, typical),
        math.log((typical + 0.01) / (greatest + 0.01)),
        _lost_detail(details[place + inside], np.clip(way, 0, 1)),
    )
    total = _BIAS + sum(w * m for w, m in zip(_WEIGHTS, measured, strict=True))
    centre = float(np.interp(0.5, np.maximum.accumulate(way), inside))
    start = int(inside[max(0, int(np.argmax(way > 0.1)) - 1)])
    end = int(inside[min(len(way) - 1, len(way) - int(np.argmax(way[::-1] < 0.9)))])
    return Window(
        place + start, place + min(max(start, centre), end), place + end,
        math.exp(min(total / _SCALE, 50.0)), change,
    )  # fmt: skip


def _middle(values: NDArray[np.floating[Any]]) -> float:
    """The median of some values, the upper one of two."""
    return float(np.partition(values, len(values) // 2)[len(values) // 2])


def _light(old: Rows, new: Rows, typical: float) -> float:
    """How much the change of some cells [cells, 3] looks like one of light alone, 0..1.

    typical: the median change of a cell. Light keeps the pattern, scales it, or multiplies all
    brightnesses by one factor. A factor below a third is not believed: all pictures resemble one
    that is nearly black.
    """
    dim, bright = (np.square(each) - _DARKEST for each in (old, new))
    if dim.sum() > bright.sum():
        dim, bright = bright, dim
    factor = _middle((dim / np.maximum(bright, 0.02)).ravel())
    unexplained = _middle(np.abs(dim - factor * bright).sum(axis=1))
    unexplained /= max(1e-6, _middle(np.abs(bright - dim).sum(axis=1)))
    as_one = max(_alike(old - old.mean(), new - new.mean()), 0.0)
    old, new = old - old.mean(axis=0), new - new.mean(axis=0)
    alike, shared = _alike(old, new), float((old * new).sum())
    left = min(
        _middle(np.sqrt(((after - gain * before) ** 2).sum(axis=1)))
        for before, after in ((old, new), (new, old))
        for gain in (max(0.0, shared / max(1e-6, float((before**2).sum()))),)
    )
    same = _between(alike, 0.8, 0.92)
    scaled = _between(alike, 0.4, 0.6) * (1 - _between(left / (typical + 0.01), 0.15, 0.35))
    multiplied = (
        _between(factor, 0.3, 0.36)
        * (1 - _between(unexplained, 0.14, 0.26))
        * _between(max(alike, as_one), 0.2, 0.3)
    )
    return max(same, scaled, multiplied)


def _alike(one: Rows, other: Rows) -> float:
    """The correlation of two patterns whose mean is 0, -1..1."""
    power = float((one**2).sum() * (other**2).sum())
    return float((one * other).sum()) / max(1e-6, math.sqrt(power))


def _lost_detail(details: Floats, way: Floats) -> float:
    """How much fine detail is lost in between: 1 as if two pictures were mixed, 0 as if not.

    details: of the rows of a window. way: how far each has come, 0..1.
    """
    old, new = details[0], details[-1]
    kept = (1 - way) * old + way * new
    loss = kept - (1 - way) ** 2 * old - way**2 * new
    lost = float(((kept - details) * loss).sum() / max(1e-9, float((loss**2).sum())))
    return min(1.3, max(-1.0, lost))


def _between(value: float, low: float, high: float) -> float:
    """0 up to ``low``, 1 from ``high`` on, and a line between."""
    return min(1.0, max(0.0, (value - low) / (high - low)))


def lit_cells(rows: Rows) -> NDArray[np.bool_]:
    """Which cells [values / 3] are no letterbox bar; all where the picture is black."""
    lit = rows.max(axis=0).reshape(-1, 3).max(axis=1) > math.sqrt(_DARKEST + _LIT)
    return lit if lit.sum() >= 8 else np.ones_like(lit)


def best_windows(windows: list[Window]) -> list[Window]:
    """The windows that overlap no better one, the best first."""
    kept: list[Window] = []
    for window in sorted(windows, key=lambda w: -w.score):
        if all(window.end <= other.start or window.start >= other.end for other in kept):
            kept.append(window)
    return kept
