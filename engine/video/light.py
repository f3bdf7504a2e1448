"""How much of a change between two pictures light alone can explain.

Light keeps the pattern, scales it, or multiplies all brightnesses by one factor. Where the camera
moves too, the pattern is no help. But light changes neither the hue nor, but for a factor, the
distribution of brightnesses. The contrast goes from one picture's to the other's along a line.
"""

from __future__ import annotations

import numpy as np

from engine.video.cell_statistics import (
    Mask,
    Values,
    centred,
    correlation,
    dot,
    median,
    norm,
    product,
)

_DARKEST = 0.05
"""What :func:`engine.video.cuts.cells` adds to brightness."""


def like_light(old: Values, new: Values, typical: Values, counted: Mask) -> Values:
    """How much the changes from old to new colours look like light alone, 0..1 [windows].

    Light keeps the pattern, scales it, or multiplies all brightnesses by one factor. A factor below
    a third is not believed: all pictures resemble one that is nearly black.
    """
    dim, bright = (np.square(each) - _DARKEST for each in (old, new))
    darker = ((bright - dim) * counted[..., None]).sum(axis=(1, 2), keepdims=True) < 0
    dim, bright = np.where(darker, bright, dim), np.where(darker, dim, bright)
    ratios = (dim / np.maximum(bright, 0.02)).reshape(len(dim), -1)
    factor = median(ratios, np.repeat(counted, 3, axis=1))
    one = np.ones(3, np.float32)
    left = median(dot(np.abs(dim - factor[:, None, None] * bright), one), counted)
    unexplained = left / np.maximum(1e-6, median(dot(np.abs(bright - dim), one), counted))
    as_one = correlation(*(centred(each, counted, by_channel=False) for each in (old, new)))
    old, new = (centred(each, counted) for each in (old, new))
    alike, shared = correlation(old, new), product(old, new)
    unscaled = []
    for before, after in ((old, new), (new, old)):
        gain = np.maximum(0, shared / np.maximum(1e-6, product(before, before)))
        unscaled.append(median(norm(after - gain[:, None, None] * before), counted))
    scaled_left = np.minimum(*unscaled) / (typical + 0.01)
    same = _between(alike, 0.8, 0.92)
    scaled = _between(alike, 0.4, 0.6) * (1 - _between(scaled_left, 0.15, 0.35))
    multiplied = (
        _between(factor, 0.3, 0.36)
        * (1 - _between(unexplained, 0.14, 0.26))
        * _between(np.maximum(alike, as_one), 0.2, 0.3)
    )
    return np.maximum.reduce([same, scaled, multiplied])


def lost_beyond_light(curves: Values, way: Values) -> Values:
    """How much of the variances is lost if light alone loses none: 1 as if mixed [windows].

    Light changes a picture's contrast from the root of A to the root of B, along a line.
    """
    old, new = (np.sqrt(np.maximum(curves[:, side, None], 0)) for side in (0, -1))
    kept = ((1 - way) * old + way * new) ** 2
    loss = 2 * way * (1 - way) * old * new
    floor = 0.01 * (kept**2).sum(axis=1) + 1e-9
    lost = ((kept - curves) * loss).sum(axis=1) / ((loss**2).sum(axis=1) + floor)
    return np.asarray(np.clip(lost, -1.5, 1.5))


def another_hue(old: Values, new: Values, lit: Mask) -> Values:
    """How far the mean colours of pictures differ, whatever their brightness [windows]."""
    hues = []
    for colours in (old, new):
        light = np.maximum(np.square(colours) - _DARKEST, 0) * lit[..., None]
        mean = light.sum(axis=1) / lit.sum(axis=1, keepdims=True) + 0.01
        hues.append(mean / mean.sum(axis=1, keepdims=True))
    return np.asarray(np.abs(hues[0] - hues[1]).sum(axis=1))


def another_distribution(old: Values, new: Values, lit: Mask) -> Values:
    """How far the brightnesses of cells, in order, differ after division by their mean [windows].

    Motion changes their order in the picture only.
    """
    ordered = []
    for colours in (old, new):
        light = np.maximum(dot(colours, colours) / 3 - _DARKEST, 0) + 0.01
        mean = (light * lit).sum(axis=1, keepdims=True) / lit.sum(axis=1, keepdims=True)
        ordered.append(np.sort(np.where(lit, light / mean, 0), axis=1))
    apart = np.abs(ordered[0] - ordered[1])
    return np.asarray(apart.sum(axis=1) / lit.sum(axis=1))


def _between(values: Values, low: float, high: float) -> Values:
    """0 up to ``low``, 1 from ``high`` on, and a line between."""
    return np.clip((values - low) / (high - low), 0, 1)
