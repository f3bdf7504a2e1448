"""Fits a piecewise constant tempo to beats: a line of few straight runs through their times.

Runs are found by segmented least squares (Bellman 1961) and joined to a continuous line.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from engine.arrays import Floats

NO_CHANGE = 0.02
"""Slopes that differ by less are joined if that moves the line by at most ``ROOM``."""
ROOM = 0.016
"""In seconds: two steps of the tokens' time grid, about an eighth of a sixteenth at 120 bpm."""
ASTRAY = 0.03
"""A further run must reduce the error by that of one point this many seconds off the line."""


def fit(beats: Floats, seconds: Floats) -> tuple[Floats, Floats]:
    """The knots, in beats and seconds, of a line of few straight runs near the points [n].

    The first point is always a knot, without change, because a file starts at zero.
    """
    knots = _without_small_changes(beats, seconds, _runs(beats, seconds))
    return beats[knots], _knot_times(beats, seconds, knots)


def _runs(beats: Floats, seconds: Floats) -> list[int]:
    """The points where runs start or end, by segmented least squares. Neighbours share a point."""
    x = beats - beats[0]
    y = seconds - seconds[0]
    y = y - x * (x @ y) / (x @ x)  # for precision: the sums of a nearly straight line are small
    sums = np.cumsum([np.ones_like(x), x, y, x * x, x * y, y * y], axis=1)
    sums = np.concatenate([np.zeros((6, 1)), sums], axis=1)
    best = np.zeros(len(x))
    start = np.zeros(len(x), np.int64)
    for j in range(1, len(x)):
        n, sx, sy, sxx, sxy, syy = sums[:, j + 1 : j + 2] - sums[:, :j]
        error = syy - sy * sy / n - (sxy - sx * sy / n) ** 2 / (sxx - sx * sx / n)
        error[0] = syy[0] - sxy[0] ** 2 / sxx[0]  # through the first point, which is the origin
        total = best[:j] + np.maximum(error, 0.0) + ASTRAY**2
        start[j] = total.argmin()
        best[j] = total[start[j]]
    knots = [len(x) - 1]
    while knots[-1] > 0:
        knots.append(int(start[knots[-1]]))
    return knots[::-1]


def _knot_times(beats: Floats, seconds: Floats, knots: list[int]) -> Floats:
    """The times where the runs meet: the mean of both runs at each knot."""
    first, second = knots[:2]
    x, y = (column[first : second + 1] - column[first] for column in (beats, seconds))
    times = [[seconds[first]], [seconds[first] + x[-1] * (x @ y) / (x @ x)]]
    for i, j in pairwise(knots[1:]):
        line = np.polyfit(beats[i : j + 1], seconds[i : j + 1], 1)
        times[-1].append(np.polyval(line, beats[i]))
        times.append([np.polyval(line, beats[j])])
    return np.array([np.mean(of_knot) for of_knot in times])


def _without_small_changes(beats: Floats, seconds: Floats, knots: list[int]) -> list[int]:
    """Remove knots, the smallest change first, while the line stays within ``ROOM``."""
    best = np.interp(beats, beats[knots], _knot_times(beats, seconds, knots))
    needed: set[int] = set()
    while True:
        tempo = np.diff(_knot_times(beats, seconds, knots)) / np.diff(beats[knots])
        changes = np.abs(tempo[1:] / tempo[:-1] - 1).tolist()
        small = [
            (change, knot)
            for change, knot in zip(changes, knots[1:-1], strict=True)
            if change < NO_CHANGE and knot not in needed
        ]
        if not small:
            return knots
        _, knot = min(small)
        fewer = [other for other in knots if other != knot]
        line = np.interp(beats, beats[fewer], _knot_times(beats, seconds, fewer))
        if np.abs(line - best).max() <= ROOM:
            knots = fewer
        else:
            needed.add(knot)
