"""Converts between ticks and seconds through a piecewise constant tempo."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.arrays import Floats


class TickClock:
    """Converts ticks to seconds and back.

    A tick is any unit of musical time: that of a MIDI file, or a beat. Both conversions take
    numbers or arrays of any shape. The first tempo also holds before the first tick.
    """

    def __init__(
        self,
        ticks: npt.ArrayLike,
        seconds_per_tick: npt.ArrayLike,
        starts: npt.ArrayLike | None = None,
    ) -> None:
        """ticks: [n] where the tempo changes, rising strictly. seconds_per_tick: [n], from there
        on. starts: [n], the same places in seconds, for callers that know them without rounding;
        by default they are summed up from 0."""
        self._ticks: Floats = np.asarray(ticks, np.float64)
        self._rates: Floats = np.asarray(seconds_per_tick, np.float64)
        if starts is None:
            starts = np.append(0.0, np.cumsum(np.diff(self._ticks) * self._rates[:-1]))
        self._starts: Floats = np.asarray(starts, np.float64)

    def seconds(self, ticks: npt.ArrayLike) -> Floats:
        """Seconds at these ticks."""
        ticks = np.asarray(ticks, np.float64)
        at = np.maximum(np.searchsorted(self._ticks, ticks, "right") - 1, 0)
        return np.asarray(self._starts[at] + (ticks - self._ticks[at]) * self._rates[at])

    def ticks(self, seconds: npt.ArrayLike) -> Floats:
        """Ticks at these times in seconds, not rounded."""
        seconds = np.asarray(seconds, np.float64)
        at = np.maximum(np.searchsorted(self._starts, seconds, "right") - 1, 0)
        return np.asarray(self._ticks[at] + (seconds - self._starts[at]) / self._rates[at])
