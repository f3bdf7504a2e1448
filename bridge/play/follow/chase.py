"""Keeps a player in step with a transport."""

from __future__ import annotations

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
_EVERY = 0.1
"""Seconds between two changes of the rate."""
_PICKUP = 0.25
"""Seconds of music to catch up on when the transport starts, since reports come late."""


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
            rested = self._rested
            if rested is not None and 0 <= position - rested <= _PICKUP:
                position, when = rested, when - (position - rested)
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

    def _keep(self, position: float, when: float) -> None:
        error = position - self._player.position_at(when)
        self._apart = self._apart + 1 if abs(error) > JUMP else 0
        if self._apart >= _SURE or abs(error) > _LEAP:
            self._play(position, when)
            return
        self._error += _SMOOTH * (error - self._error)
        if not self._apart and when - self._rate_set >= _EVERY:
            self._rate_set = when
            self._player.set_rate(1 + min(max(_GAIN * self._error, -_MOST), _MOST))

    def _play(self, position: float, when: float) -> None:
        self._error, self._apart, self._rested, self._rate_set = 0.0, 0, None, when
        start = max(position, 0.0)
        self._player.play(start, when + (start - position))
