"""MIDI clock with song position: 24 clocks a quarter note, start, continue, stop (MIDI 1.0)."""

from __future__ import annotations

from collections.abc import Callable

from bridge.play.follow.transport import Transport

CLOCK, START, CONTINUE, STOP, SONG_POSITION = 0xF8, 0xFA, 0xFB, 0xFC, 0xF2
_PER_QUARTER = 24
_PER_SIXTEENTH = 6
_TIMEOUT = 0.5
"""Seconds without a clock after which it has stopped: four clocks at 20 quarters a minute."""


class BeatClock:
    """Converts MIDI messages to transports."""

    name = "MIDI clock"

    def __init__(self, seconds_at: Callable[[float], float]) -> None:
        """seconds_at: the piece's tempo map, quarter notes to seconds (``TempoMap.seconds_at``).
        The clock only counts beats."""
        self._seconds_at = seconds_at
        self._clocks = 0
        """The number of the next clock, counted from the song's start."""
        self._running = False
        self._last: float | None = None
        """The moment of the last clock, while it runs."""

    def feed(self, arrived: bytes, when: float) -> Transport | None:
        """The transport after a MIDI message; messages that are not the clock's are ignored."""
        kind = arrived[0] if arrived else None
        if kind == CLOCK and self._running:
            self._last = when
            self._clocks += 1
            return Transport(True, self._position(self._clocks - 1))
        if kind == START:
            self._clocks, self._running = 0, True
        elif kind == CONTINUE:
            self._running = True
        elif kind == STOP:
            return self._rest()
        elif kind == SONG_POSITION and len(arrived) == 3:
            self._clocks = (arrived[1] | arrived[2] << 7) * _PER_SIXTEENTH
            if not self._running:
                return self._rest()
        return None

    def idle(self, when: float) -> Transport | None:
        """Stopped, once no clock came for too long."""
        if not self._running or self._last is None or when - self._last < _TIMEOUT:
            return None
        return self._rest()

    def _rest(self) -> Transport:
        self._running, self._last = False, None
        return Transport(False, self._position(self._clocks))

    def _position(self, clocks: int) -> float:
        return float(self._seconds_at(clocks / _PER_QUARTER))
