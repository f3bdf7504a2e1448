"""REAPER's OSC feedback: ``/time`` in seconds; ``/play``, ``/pause`` and ``/stop`` as 1 or 0."""

from __future__ import annotations

import math

from bridge.play.follow.transport import Transport

Packet = tuple[str, float]
"""An address and its value."""
_TIMEOUT = 0.5
"""Seconds without a time after which a rolling REAPER counts as gone."""


class Reaper:
    """Converts OSC messages to transports."""

    name = "REAPER"

    def __init__(self) -> None:
        self._rolling: bool | None = None
        """None: not known yet; the times show whether REAPER was playing already."""
        self._position = 0.0
        self._last: float | None = None
        """The moment of the last time."""

    def feed(self, arrived: Packet, when: float) -> Transport | None:
        """The transport after an address with its first argument; other addresses are ignored."""
        address, value = arrived
        if address == "/time" and math.isfinite(value):
            return self._time(value, when)
        if address == "/play" and value:
            self._rolling = True
        elif address in ("/stop", "/pause") and value:
            self._rolling = False
            return Transport(False, self._position)
        return None

    def idle(self, when: float) -> Transport | None:
        """Stopped, once no time came for too long while it rolled."""
        if not self._rolling or self._last is None or when - self._last < _TIMEOUT:
            return None
        self._rolling = None
        return Transport(False, self._position)

    def _time(self, position: float, when: float) -> Transport:
        if self._rolling is None and self._last is not None:
            elapsed, moved = when - self._last, position - self._position
            self._rolling = (0 < elapsed < _TIMEOUT and elapsed / 2 < moved < 2 * elapsed) or None
        self._position, self._last = position, when
        return Transport(bool(self._rolling), position)
