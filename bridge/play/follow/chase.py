"""Keeping a player with a transport."""

from __future__ import annotations

from bridge.play.follow.transport import Transport
from bridge.play.player import Player

JUMP = 0.05
"""Seconds apart that are made good by a jump; less is made good by a slightly other speed."""
_LEAP = 0.5
_SURE = 3
"""A jump shorter than a leap counts once so many reports in a row tell of it."""
_SMOOTH = 0.1
"""The weight of a new report: they jitter by milliseconds, and clocks part by microseconds."""
_GAIN, _MOST = 0.5, 0.02
"""The share of the error made good a second, and how much faster or slower that may make it."""
_EVERY = 0.1
_PICKUP = 0.25
"""What lies at most so far back is still struck when the transport starts: reports come late."""


class Chase:
    """Plays, stops and relocates a player as a transport does."""

    def __init__(self, player: Player, name: str, offset: float = 0.0) -> None:
        """name: the transport's, for the status. offset: where on the transport the piece's zero
        lies, in seconds."""
        self._player, self._offset = player, offset
        self._error = 0.0
        self._apart = 0
        self._steered = 0.0
        self._rested: float | None = None
        player.follow(name)

    def follow(self, transport: Transport, when: float) -> None:
        """The transport is there at ``when``, a moment of ``time.monotonic()``."""
        position = transport.position - self._offset
        state = self._player.state
        if not transport.rolling:
            self._rest(position, state)
        elif state == "playing":
            self._keep(position, when)
        elif position < self._player.duration:
            rested = self._rested
            if rested is not None and 0 <= position - rested <= _PICKUP:
                position, when = rested, when - (position - rested)
            self._play(position, when)

    def close(self) -> None:
        """Follow no longer."""
        self._player.follow(None)

    def _rest(self, position: float, state: str) -> None:
        if state in ("playing", "waiting"):
            self._player.pause(position)
        elif position != self._rested:
            self._player.locate(position)
        self._rested = position

    def _keep(self, position: float, when: float) -> None:
        error = position - self._player.position_at(when)
        self._apart = self._apart + 1 if abs(error) > JUMP else 0
        if self._apart >= _SURE or abs(error) > _LEAP:
            self._play(position, when)
            return
        self._error += _SMOOTH * (error - self._error)
        if not self._apart and when - self._steered >= _EVERY:
            self._steered = when
            self._player.steer(1 + min(max(_GAIN * self._error, -_MOST), _MOST))

    def _play(self, position: float, when: float) -> None:
        self._error, self._apart, self._rested, self._steered = 0.0, 0, None, when
        start = max(position, 0.0)
        self._player.play(start, when + (start - position))
