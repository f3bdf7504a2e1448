"""What songs have: the spread of each measure over excerpts of training songs.

A value is worth the square root of the share of songs that are at least as extreme. So among
usual values it hardly matters which one a piece has, and the rarer a value is, the more it costs.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np

from engine.arrays import Floats

TABLE = Path(__file__).with_name("songs.json")
SHARES = np.linspace(0, 1, 41)
"""The shares of songs at which the table has a value."""

Side = Literal["low", "high", "both"]
"""Which values are bad: low ones, high ones, or both."""


@dataclass(frozen=True)
class Bands:
    """The spread of each measure over songs.

    source: what was counted. values: by measure, the value that each of :data:`SHARES` of the songs
    does not exceed, rising.
    """

    source: str
    values: Mapping[str, Floats]

    def worth(self, name: str, value: float, side: Side) -> float:
        """What a value is worth, 0..1; NaN where the value is, and for an unknown measure."""
        if math.isnan(value) or name not in self.values:
            return math.nan
        spread = self.values[name]
        below, above = _at_most(spread, value), _at_most(-spread[::-1], -value)
        share = {"low": below, "high": above, "both": 2 * min(below, above)}[side]
        return math.sqrt(min(1.0, share))


def _at_most(spread: Floats, value: float) -> float:
    """The share of songs whose value is at most ``value``."""
    place = int(np.searchsorted(spread, value, "right"))
    if place in (0, len(spread)):
        return float(place > 0)
    low, high = spread[place - 1 : place + 1]
    step = SHARES[place] - SHARES[place - 1]
    return float(SHARES[place - 1] + step * (value - low) / (high - low))


def count(rows: Sequence[Mapping[str, float]], source: str) -> Bands:
    """The bands of songs, given the measures of each; a measure that nobody has is left out."""
    values = {}
    for name in rows[0] if rows else ():
        known = np.array([row[name] for row in rows if not math.isnan(row[name])])
        if len(known):
            values[name] = np.quantile(known, SHARES)
    return Bands(source, values)


@lru_cache(maxsize=1)
def song_bands() -> Bands:
    """The bands that come with the program."""
    return from_json(TABLE.read_text(encoding="utf-8"))


def to_json(bands: Bands) -> str:
    """The table as JSON, a line for every measure."""
    lines = [f'"source": {json.dumps(bands.source)}']
    for name, spread in bands.values.items():
        lines.append(f'"{name}": {json.dumps([float(f"{value:.4g}") for value in spread])}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def from_json(text: str) -> Bands:
    """Read a table. Raises ValueError if it is none."""
    content = json.loads(text)
    source = str(content.pop("source"))
    return Bands(source, {name: np.array(spread, np.float64) for name, spread in content.items()})
