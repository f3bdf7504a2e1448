"""Keeps a player in step with a transport."""

from __future__ import annotations

from collections import deque

from bridge.play.follow.transport import Transport
from bridge.play.player import Player

JUMP = 0.05
"""The error in seconds above which the player jumps; a smaller error changes its rate."""
_LEAP = 0.5
"""The error in seconds above which one report is enough for a jump."""
_SURE = 3
"""How many reports in a row must agree before a jump shorter than a leap."""
_SMOOTH = 0.1
"""The weight of a new report: reports jitter by milliseconds, clocks drift by microseconds."""
_GAIN, _MOST = 0.5, 0.02
"""The share of the error to correct a second, and the largest change of the rate for it."""
_SPAN, _SHORTEST_SPAN = 0.5, 0.25
"""Seconds of reports from which the transport's speed is measured, and the least."""
_SLOWEST, _FASTEST = 0.5, 2.0
"""The speeds that are followed. A clock may run at another tempo than the piece's."""
_SLACK = 0.002
"""Seconds before a landing that count to it: transports round to frames, and notes do not."""
_EVERY = 0.1
"""Seconds between two changes of the rate."""
_PICKUP = 0.25
"""Seconds of music to catch up on when the transport starts or jumps, since reports come late."""


class Chase:
    """Plays, pauses and relocates a player as a transport does."""

    def __init__(self, player: Player, name: str, offset: float = 0.0) -> None:
        """name: of the transport, for the status. offset: where on the transport the piece's zero
        lies, in seconds."""
        self._player, self._offset = player, offset
        self._error = 0.0
        """The smoothed error in seconds."""
        self._apart = 0
        """How many reports in a row had an error above ``JUMP``."""
        self._landing = 0.0, 0.0
        """The position and the moment of the first of these."""
        self._reports: deque[tuple[float, float]] = deque()
        """(moment, position) of recent reports since the last jump."""
        self._speed = 1.0
        """Seconds of the piece a second; kept while it rests."""
        self._rate_set = 0.0
        """The moment of the last change of the rate."""
        self._rested: float | None = None
        """The position where the transport last rested."""
        player.follow(name)

    def follow(self, transport: Transport, when: float) -> None:
        """Take a report of the transport at the moment ``when`` of ``time.monotonic()``."""
        position = transport.position - self._offset
        state = self._player.state
        if not transport.rolling:
            self._rest(position, state)
        elif state == "playing":
            self._keep(position, when)
        elif position < self._player.duration:
            landed = None if transport.landed is None else transport.landed - self._offset
            for origin in (self._rested, landed):
                if origin is not None and 0 <= position - origin <= _PICKUP:
                    position, when = origin, when - (position - origin) / self._speed
                    break
            self._play(position, when)

    def close(self) -> None:
        """Stop following."""
        self._player.follow(None)

    def _rest(self, position: float, state: str) -> None:
        if state in ("playing", "waiting"):
            self._player.pause(position)
        elif position != self._rested:
            self._player.locate(position)
        self._rested = position
        self._reports.clear()

    def _keep(self, position: float, when: float) -> None:
        error = position - self._player.position_at(when, self._speed)
        if abs(error) > JUMP:
            self._apart += 1
            if self._apart == 1:
                self._landing = position, when
        else:
            self._apart = 0
            self._reports.append((when, position))
            while self._reports[0][0] < when - _SPAN:
                self._reports.popleft()
        if self._apart >= _SURE or abs(error) > _LEAP:
            self._jump(position, when)
            return
        self._error += _SMOOTH * (error - self._error)
        if not self._apart and when - self._rate_set >= _EVERY:
            self._rate_set = when
            rate = self._speed + min(max(_GAIN * self._error, -_MOST), _MOST)
            self._player.set_rate(rate)

    def _measure_speed(self) -> None:
        """Measure the transport's speed up to the present jump, which drift may have caused."""
        if not self._reports:
            return
        (begun, first), (ended, last) = self._reports[0], self._reports[-1]
        if ended - begun >= _SHORTEST_SPAN:
            speed = (last - first) / (ended - begun)
            # A smaller difference is drift or jitter, which the correction of the error covers.
            self._speed = min(max(speed, _SLOWEST), _FASTEST) if abs(speed - 1) > _MOST else 1.0
        self._reports.clear()

    def _jump(self, position: float, when: float) -> None:
        """Go where the transport is, without losing a note since it landed."""
        self._measure_speed()
        heard = self._player.status().position
        if 0 < position - heard <= _PICKUP:
            # It is little ahead, such as a clock that runs faster: catch up on what lies between.
            position, when = heard, when - (position - heard) / self._speed
        elif when - self._landing[1] <= _PICKUP:
            position, when = self._landing
        self._play(position, when)

    def _play(self, position: float, when: float) -> None:
        self._error, self._apart, self._rested, self._rate_set = 0.0, 0, None, when
        start = max(position - _SLACK, 0.0)
        self._player.play(start, when + (start - position) / self._speed, self._speed)
