"""Fades: one picture goes, through a picture of one colour, to the next.

The spread of the cells falls to almost nothing and rises again, at least one of them in many small
steps. Rows come at about 25 a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from engine.arrays import Floats
from engine.video.cell_statistics import counted_cells, dot
from engine.video.dissolves import Window
from engine.video.hard_cuts import Rows

_FLAT = 0.003
"""The spread of a picture of one colour, with its noise."""
_SHALLOW = 0.35
"""The spread of a flat picture, as a share of the pictures around; the score judges more finely."""
_SMOOTH = 0.002
"""Added to the least spread."""
_DEEP = 5.0
"""The spread of full pictures over the least spread, of a fade with the score 1."""
_VISIBLE = 0.04
"""The share of its full spread from which on a picture is seen."""
_JUMP = 0.6
"""The longest step of a fade, as a share of it: more is a cut."""
_SHORT = 5
"""The shortest fade, in rows."""
_HELD = 8
"""How long one colour stays at least where a cut leads to it or away, in rows."""
_PALE = 0.25
"""How far from its colour a cell between two dissolves that are a fade is, as a share of the
pictures around."""
_FIRM = 0.5
"""The least score of each of two dissolves that are a fade."""
_SURE = 1.75
"""The score of a fade that two dissolves show."""
_SUDDEN = 2.5
"""A step so many times the longest one before is a cut."""
_LONGEST = 60
"""The longest fade, in rows."""


@dataclass(frozen=True, slots=True)
class Fade:
    """A stretch of rows of one colour, with what leads there and away.

    start: row of the last full picture. flat: row of the first flat one. visible: row of the first
    picture after it. end: row of the first full picture. soft_out, soft_in: whether it fades there
    or is cut. score: how flat it becomes, against the pictures around.
    """

    start: int
    flat: int
    visible: int
    end: int
    soft_out: bool
    soft_in: bool
    score: float
    change: float


def spreads_of(rows: Rows, lit: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """How far the cells of each row differ from its colour, 0..1: on average, and half of them.

    A title hardly counts in the first, and not at all in the second. lit: the cells that count.
    """
    cells = counted_cells(rows, lit)
    middle = cells.shape[1] // 2
    colours = np.partition(cells, middle, axis=1)[:, middle : middle + 1]
    away = np.abs(cells - colours)
    halves = np.partition(dot(away, np.ones(3, np.float32)) / 3, middle, axis=1)[:, middle]
    return np.sqrt(away).mean(axis=(1, 2)) ** 2, halves


def find_fades(spreads: Floats, levels: Floats) -> list[Fade]:
    """The fades that rows of spreads and brightnesses show, in order."""
    if len(spreads) < 3:
        return []
    past, future = _greatest_before(spreads), _greatest_before(spreads[::-1])[::-1]
    around = np.minimum(past, future)
    flat = (spreads < _FLAT) | (spreads < _SHALLOW * around)
    edges = np.flatnonzero(np.diff(flat, prepend=False, append=False))
    found = []
    for first, beyond in edges.reshape(-1, 2).tolist():
        least = float(spreads[first:beyond].min())
        before, soft_out = _ramp(spreads[first::-1])
        after, soft_in = _ramp(spreads[beyond - 1 :])
        start, end = first - before, beyond - 1 + after
        if first == 0 or beyond == len(spreads):
            open_end = Fade(start, first, beyond, end, soft_out, soft_in, 0.0, 0.0)
            found.append(open_end)
            continue
        # A flash to white that dies down is short, and begins at once.
        both = soft_out and soft_in
        if (end - start if both else beyond - first) < (_SHORT if both else _HELD):
            continue
        if not (soft_out or soft_in):
            continue
        full = min(float(spreads[start]), float(spreads[end]))
        score = (full / (least + _SMOOTH) - 1) / (_DEEP - 1)
        low = least + _VISIBLE * (float(spreads[end]) - least)
        lasts = np.flatnonzero(spreads[first : end + 1] < low)
        visible = first + int(lasts[-1]) + 1 if len(lasts) else beyond
        high = least + _VISIBLE * (float(spreads[start]) - least)
        firsts = np.flatnonzero(spreads[start:visible] < high)
        begins = start + int(firsts[0]) if len(firsts) else first
        dark = first + int(spreads[first:beyond].argmin())
        change = max(abs(float(levels[side] - levels[dark])) for side in (start, end))
        visible = min(visible, end)
        found.append(Fade(start, begins, visible, end, soft_out, soft_in, score, change))
    return found


def paired_fades(windows: list[Window], cell_spreads: Floats, levels: Floats) -> list[Fade]:
    """The fades that were taken for two dissolves: to a picture of one colour, and away from it.

    Titles and bars that stay hide the colour from ``find_fades``.
    """
    found = []
    firm = sorted((each for each in windows if each.score >= _FIRM), key=lambda each: each.start)
    for one, other in pairwise(firm):
        start, flat, visible, end = (
            min(round(row), len(cell_spreads) - 1)
            for row in (one.start, one.end, other.start, other.end)
        )
        full = min(float(cell_spreads[start]), float(cell_spreads[end]))
        between = float(np.median(cell_spreads[min(flat, visible) : max(flat, visible) + 1]))
        if visible - flat <= _LONGEST and between < _PALE * full:
            change = max(abs(float(levels[side] - levels[flat])) for side in (start, end))
            # As sure as a fade that is found by its spread.
            found.append(Fade(start, flat, visible, end, True, True, _SURE, change))
    return found


def _ramp(spreads: Floats) -> tuple[int, bool]:
    """How many rows a picture takes to become full, and whether it does so softly.

    spreads: of the last flat row and those after it, in the direction away from it.
    """
    steps = np.diff(spreads[: _LONGEST + 1])
    top, place, longest = float(spreads[0]), 0, 0.0
    for row, step in enumerate(steps.tolist(), start=1):
        # A cut to a picture with more contrast is no part of the fade.
        if row - place > 3 or (place >= 3 and step > _SUDDEN * longest):
            break
        longest = max(longest, step)
        if spreads[row] > 1.02 * top:
            top, place = float(spreads[row]), row
    return place, place >= 3 and longest < _JUMP * (top - float(spreads[0]))


def _greatest_before(spreads: Floats) -> Floats:
    """The greatest spread of the rows up to each, as far back as a fade may last."""
    padded = np.concatenate([np.zeros(_LONGEST), spreads])
    return np.asarray(sliding_window_view(padded, _LONGEST + 1).max(axis=1))
