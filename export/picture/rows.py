"""The rows that a film is wrapped into."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

LEFT, RIGHT, WIDTH = 92, 36, 1200
"""The margins of a row and the width of the picture, in pixels."""
ROW_SECONDS = 40.0
"""The longest row of a film that is not long."""
MOST_ROWS = 24
"""A longer film than fits into so many rows has longer rows instead."""
LETTER = 7.0
"""The width of a letter of a label, in pixels."""


@dataclass(frozen=True, slots=True)
class Row:
    """A stretch of the film, in seconds, and the pixels a second."""

    start: float
    end: float
    scale: float

    def x(self, seconds: float) -> float:
        """The place of a time, in pixels, within the row."""
        return LEFT + (min(max(seconds, self.start), self.end) - self.start) * self.scale

    def holds(self, seconds: float) -> bool:
        """Whether a time belongs to this row; the end belongs to the next."""
        return self.start <= seconds < self.end


def wrap(duration: float, bars: Sequence[float]) -> tuple[Row, ...]:
    """Rows of about equal length, which begin at bar lines where there are any.

    duration: of the film, in seconds. bars: bar lines in seconds, rising.
    """
    duration = max(duration, 1.0)
    count = min(max(int(np.ceil(duration / ROW_SECONDS - 1e-9)), 1), MOST_ROWS)
    span = duration / count
    edges = [0.0]
    for place in np.arange(1, count) * span:
        line = min(bars, key=lambda bar: abs(bar - place), default=np.inf)
        edges.append(float(line if abs(line - place) < 0.1 * span else place))
    # A moment more, so that the last row holds the end.
    edges.append(duration + 1e-6)
    scale = (WIDTH - LEFT - RIGHT) / max(end - start for start, end in pairwise(edges))
    return tuple(Row(start, end, scale) for start, end in pairwise(edges))


def fitting(labels: Iterable[tuple[float, str]]) -> list[tuple[float, str]]:
    """The labels that do not run into the one before, each moved left if the picture ends there.

    labels: where each begins, in pixels, rising, and its text.
    """
    kept: list[tuple[float, str]] = []
    free = 0.0
    for place, text in labels:
        width = LETTER * len(text)
        x = min(place, WIDTH - width)
        if x >= free:
            kept.append((x, text))
            free = x + width + 6
    return kept


def stride(places: Sequence[float], apart: float) -> int:
    """Of how many places one is drawn (a power of two), so that they stay ``apart`` pixels."""
    if len(places) < 2:
        return 1
    usual = float(np.median(np.diff(places)))
    return 1 if usual >= apart else 2 ** int(np.ceil(np.log2(apart / max(usual, 1e-3))))
