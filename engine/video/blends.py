"""What tells a dissolve from motion, light and titles: measurements of windows of rows.

In a dissolve, each cell of the picture lies on the line from its old to its new colour. All cells
go along their lines together. Something that moves leaves the line, but only in the cells that it
crosses, so medians and shares over the cells are taken. Four features do not mind motion:

- where two pictures share the contrast, fine detail and the spread of the cells are weaker than at
  either end. Two pictures have the variances A and B and the covariance C. A mixture with the share
  w has ``(1 - w)^2 A + w^2 B + 2 w (1 - w) C`` (Lienhart 1999);
- light that changes loses less of either, and it changes neither the hue nor, but for a factor, the
  distribution of brightnesses;
- no step from row to row is much of the change;
- the picture changes faster inside the window than before or after it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from engine.arrays import Floats, Ints
from engine.video.cell_statistics import (
    Mask,
    Values,
    centred,
    correlation,
    counted_cells,
    dot,
    median,
    norm,
)
from engine.video.hard_cuts import Rows, difference
from engine.video.light import another_distribution, another_hue, like_light, lost_beyond_light

FEATURES = (
    "on the line",
    "nearly on the line",
    "off the line, half",
    "off the line, a quarter",
    "off the line or moving outside",
    "motion",
    "quieter side",
    "louder side",
    "detail lost",
    "detail changed",
    "spread lost",
    "detail lost beyond light",
    "spread lost beyond light",
    "another hue",
    "another distribution",
    "longest step along the line",
    "off a steady way",
    "sudden",
    "faster than outside",
    "like light",
    "alike",
    "even",
    "change",
    "length",
)
"""What is measured of a window, in the order of :func:`measure`."""

_LOOKS = 12
"""About how many rows of a window are looked at."""
_CHANGED = 0.015
"""The least change of a cell that counts."""
_LEAST = 8
"""The fewest cells that must change."""
_NOISE = 0.01
"""Root mean square of a cell's noise and recompression."""
_LIT = 0.07
"""Brightness, 0..1, that a cell outside letterbox bars reaches at some time."""
_DARKEST = 0.05
"""What :func:`engine.video.cuts.cells` adds to brightness."""
_FAR = 2.5
"""The most that a feature in units of the change counts."""


def margin(length: int) -> int:
    """How far outside a window the picture is compared with the one at its end, in rows."""
    return round(length / 3 + 5)


@dataclass(frozen=True, eq=False)
class Block:
    """Some rows, about 25 a second, with what is known of each. details: the fine detail."""

    rows: Rows
    details: Floats

    @cached_property
    def lit(self) -> Mask:
        """Which cells are no letterbox bar."""
        return lit_cells(self.rows)

    @cached_property
    def sudden(self) -> Values:
        """The change from each row to the next, 0..1 [rows - 1]."""
        return difference(self.rows[:-1], self.rows[1:])

    @cached_property
    def speeds(self) -> Values:
        """How much half of the cells change at most in two rows [rows - 2]."""
        cells = counted_cells(self.rows, self.lit)
        moved = norm(cells[2:] - cells[:-2])
        middle = moved.shape[1] // 2
        return np.asarray(np.partition(moved, middle, axis=1)[:, middle])


@dataclass(frozen=True, eq=False)
class Measured:
    """Windows with as many looks. usable: whether enough changes [windows].

    features: as in ``FEATURES`` [windows, features]. inside: rows that were looked at, from the
    start [windows, looks]. way: how far each has come, from 0 to 1 [windows, looks]. changes: how
    much the two pictures differ everywhere, 0..1 [windows].
    """

    usable: Mask
    features: Values
    inside: Ints
    way: Values
    changes: Values


def looks_of(length: int) -> Ints:
    """The rows of a window that are looked at, from its start."""
    return np.linspace(0, length, min(length, _LOOKS) + 1).round().astype(np.int64)


def measure(block: Block, places: Ints, lengths: Ints) -> Measured:
    """Measure the windows that begin at some places.

    places: int [windows], at least ``margin(length)`` from either end of the block. lengths: of
    the windows, all with as many looks; measured together, they cost little more than one.
    """
    outer = np.array([margin(length) for length in lengths.tolist()])
    near = np.maximum(2, outer // 2)
    inside = np.stack([looks_of(length) for length in lengths.tolist()])
    beyond = (lengths + near, lengths + outer)
    picks = np.column_stack([-outer, -near, inside, *beyond])
    cells = block.rows[places[:, None] + picks]
    cells = cells.reshape(*cells.shape[:2], -1, 3)
    lit = np.maximum.reduce(np.moveaxis(cells.max(axis=1), 2, 0)) > math.sqrt(_DARKEST + _LIT)
    lit |= lit.sum(axis=1, keepdims=True) < _LEAST
    looks = cells[:, 2:-2]
    old, new = looks[:, 0], looks[:, -1]
    line, gone = new - old, looks - old[:, None]
    sizes = norm(line)
    typical = median(sizes, lit)
    greatest = np.sqrt((sizes**2 * lit).sum(axis=1) / lit.sum(axis=1))
    changed = lit & (sizes > _CHANGED)
    usable = changed.sum(axis=1) >= _LEAST
    changed |= ~usable[:, None]
    sizes = np.maximum(sizes, 1e-4)
    # How far each row has come: what half of the strongest cells have reached.
    strong = changed & (sizes >= median(sizes, changed)[:, None])
    along = np.einsum("nkcd,ncd->nkc", gone, line) / sizes[:, None] ** 2
    way = median(along, np.broadcast_to(strong[:, None], along.shape))
    steps = np.abs(np.diff(way, axis=1))
    off = dot(gone, gone) / sizes[:, None] ** 2 - 2 * way[..., None] * along
    away = np.sqrt(np.maximum((off + way[..., None] ** 2).mean(axis=1), 0))
    far = [norm(cells[:, side] - end) / sizes for side, end in ((0, old), (-1, new))]
    close = [norm(cells[:, side] - end) / sizes for side, end in ((1, old), (-2, new))]
    sides = np.minimum(
        [median(each, changed) for each in far], [median(each, changed) for each in close]
    )
    outside = np.mean([median(each, changed) for each in far], axis=0)
    worst = np.maximum.reduce([away, *map(np.minimum, far, close)])
    half, quarter = (median(away, changed, share) for share in (2, 4))
    share = np.clip(way, 0, 1)
    details = block.details[places[:, None] + inside]
    spreads, common = _spreads(looks, lit)
    counted = lit.sum(axis=1)
    changes = difference(block.rows[places], block.rows[places + lengths])
    features = [
        ((away < 0.3) & changed).sum(axis=1) / counted,
        ((away < 0.5) & changed).sum(axis=1) / counted,
        np.log(half + 0.03),
        np.log(quarter + 0.03),
        np.log(median(np.maximum(worst - _NOISE / sizes, 0), changed) + 0.05),
        -np.log(half + outside + 2 * _NOISE / (typical + 0.01)),
        np.minimum(sides.min(axis=0), _FAR),
        np.minimum(sides.max(axis=0), _FAR),
        _lost(details, share, 0.0),
        np.abs(np.log((details[:, 0] + 1) / (details[:, -1] + 1))),
        _lost(spreads, share, common[:, None]),
        lost_beyond_light(details, share),
        lost_beyond_light(spreads, share),
        another_hue(old, new, lit),
        another_distribution(old, new, lit),
        steps.max(axis=1),
        np.abs(way - inside / lengths[:, None]).max(axis=1),
        _by_length(_greatest, block.sudden, places, lengths) / (changes + 0.005),
        _by_length(_faster, block.speeds, places, lengths),
        like_light(old, new, typical, changed),
        correlation(*(centred(each, changed) for each in (old, new))),
        np.log((typical + 0.01) / (greatest + 0.01)),
        np.log(typical + 0.01),
        np.log(lengths),
    ]
    return Measured(usable, np.stack(features, axis=1), inside, way, changes)


def lit_cells(rows: Rows) -> Mask:
    """Which cells [values / 3] are no letterbox bar; all where the picture is black."""
    lit = rows.max(axis=0).reshape(-1, 3).max(axis=1) > math.sqrt(_DARKEST + _LIT)
    return lit if lit.sum() >= _LEAST else np.ones_like(lit)


def _spreads(looks: Values, lit: Mask) -> tuple[Values, Values]:
    """The variance of the cells at each look [windows, looks], and the covariance of the ends."""
    counted = lit.sum(axis=1)[:, None]
    kept = looks * lit[:, None, :, None]
    means = kept.sum(axis=2) / counted[..., None]
    squares = np.einsum("nkcd,nkcd->nk", kept, kept) / counted
    shared = np.einsum("ncd,ncd->n", kept[:, 0], kept[:, -1]) / counted[:, 0]
    return squares - dot(means, means), shared - dot(means[:, 0], means[:, -1])


def _lost(curves: Values, way: Values, common: Values | float) -> Values:
    """How much of the variances [windows, looks] is lost in between: 1 as if mixed, 0 as if not.

    way: how far each look has come, 0..1. common: the covariance of the two pictures.
    """
    old, new = curves[:, :1], curves[:, -1:]
    kept = (1 - way) * old + way * new
    loss = kept - (1 - way) ** 2 * old - way**2 * new - 2 * way * (1 - way) * common
    lost = ((kept - curves) * loss).sum(axis=1) / np.maximum(1e-9, (loss**2).sum(axis=1))
    return np.asarray(np.clip(lost, -1.5, 1.5))


def _over(values: Values, places: Ints, length: int) -> Values:
    """The values of the steps of windows [windows, length]."""
    return np.asarray(sliding_window_view(values, length)[places])


def _by_length(
    measured: Callable[[Values, Ints, int], Values], values: Values, places: Ints, lengths: Ints
) -> Values:
    """What is measured of windows of one length, for windows of several."""
    found = np.empty(len(places))
    for length in np.unique(lengths).tolist():
        own = lengths == length
        found[own] = measured(values, places[own], length)
    return found


def _greatest(values: Values, places: Ints, length: int) -> Values:
    """The greatest of the values of the steps of windows."""
    return np.asarray(_over(values, places, length).max(axis=1))


def _faster(speeds: Values, places: Ints, length: int) -> Values:
    """How much faster the picture changes in windows than on the quieter side, as a logarithm."""
    wide = margin(length)
    inside = np.median(_over(speeds, places, length - 1), axis=1)
    before = np.median(_over(speeds, places - wide, wide - 1), axis=1)
    after = np.median(_over(speeds, places + length, wide - 1), axis=1)
    return np.asarray(np.log((inside + 0.003) / (np.minimum(before, after) + 0.003)))
