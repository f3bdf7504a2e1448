"""Divides a film into scenes: stretches between cuts that are alike within and differ from others.

A running median takes out what lasts a moment only. Then shots are joined pair by pair, and the
pair whose joining costs least goes first (Ward 1963). The least length and difference keep the
curve of emotion from flickering.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.arrays import Floats


def units(cuts: Sequence[float], duration: float, shortest: float) -> tuple[float, ...]:
    """The borders of stretches of at least ``shortest`` seconds between cuts, 0 and end included.

    A shorter film is one stretch. cuts: rising, in seconds.
    """
    borders = [0.0]
    for cut in cuts:
        if cut - borders[-1] >= shortest and duration - cut >= shortest:
            borders.append(cut)
    return (*borders, duration)


def scenes(
    borders: Sequence[float], points: Floats, shortest: float, alike: float
) -> tuple[float, ...]:
    """The borders that remain, 0 and end included.

    borders: of the units, rising [n + 1]. points: each unit's valence and arousal [n, 2].
    shortest: the least length of a scene in seconds. alike: neighbours that lie nearer to each
    other on the plane are one scene.
    """
    edges = np.array(borders, float)
    means = _smooth(edges, np.array(points, float), shortest)
    while len(means) > 1:
        lengths = np.diff(edges)
        before, after = lengths[:-1], lengths[1:]
        apart = np.hypot(*np.diff(means, axis=0).T)
        cost = before * after / (before + after) * apart**2
        short = np.minimum(before, after) < shortest
        joinable = short | (apart < alike)
        if not joinable.any():
            break
        # What is too short goes first, to whichever neighbour it resembles.
        pool = short if short.any() else joinable
        place = int(np.argmin(np.where(pool, cost, np.inf)))
        weights = lengths[place : place + 2]
        means[place] = np.average(means[place : place + 2], axis=0, weights=weights)
        means = np.delete(means, place + 1, axis=0)
        edges = np.delete(edges, place + 1)
    return tuple(edges.tolist())


def _smooth(edges: Floats, points: Floats, width: float) -> Floats:
    """The running median of each axis over ``width`` seconds round the middle of each unit."""
    lengths = np.diff(edges)
    middles = edges[:-1] + lengths / 2
    smoothed = points.copy()
    for place, middle in enumerate(middles):
        first, last = np.searchsorted(edges, (middle - width / 2, middle + width / 2))
        near = slice(max(first - 1, 0), last)
        shown = np.minimum(edges[1:][near], middle + width / 2)
        shown -= np.maximum(edges[:-1][near], middle - width / 2)
        for axis in range(points.shape[1]):
            order = np.argsort(points[near, axis], kind="stable")
            passed = np.cumsum(shown[order])
            middle_of = order[np.searchsorted(passed, passed[-1] / 2)]
            smoothed[place, axis] = points[near, axis][middle_of]
    return smoothed
