"""The transport to follow, and how it is received."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bridge.play.follow.beat_clock import BeatClock
from bridge.play.follow.inputs import REAPER_PORT, Follower, follow_jack, follow_midi, follow_reaper
from bridge.play.follow.time_code import TimeCode
from bridge.play.player import Player
from engine.errors import EmsyncError

TRANSPORTS = ("mtc", "clock", "jack", "reaper")
FRAME_RATES = (23.976, 24.0, 25.0, 29.97, 30.0)
"""Frames a second of MIDI Time Code."""
FURTHEST = 24 * 3600.0
"""The largest offset in seconds: time code has 24 hours."""


@dataclass(frozen=True, slots=True)
class SyncSource:
    """A transport to follow.

    transport: one of :data:`TRANSPORTS`.
    port: the MIDI input (default: a virtual one), or the UDP port for REAPER.
    offset: where on the transport the piece's zero lies, in seconds; for ``mtc`` the time code that
    the DAW shows there.
    rate: of the time code, one of :data:`FRAME_RATES` (default: the film's, where it is known).

    Raises EmsyncError for values that can't be followed.
    """

    transport: str
    port: str | None = None
    offset: float = 0.0
    rate: float | None = None

    def __post_init__(self) -> None:
        if self.transport not in TRANSPORTS:
            raise EmsyncError(f"follow {self.transport}: choose from {', '.join(TRANSPORTS)}")
        if not math.isfinite(self.offset) or abs(self.offset) > FURTHEST:
            raise EmsyncError(f"offset {self.offset:g} s: give a time within a day")
        if self.rate is not None and self.transport != "mtc":
            raise EmsyncError(f"rate {self.rate:g}: only mtc has frames; leave it out")
        if self.rate is not None and self.rate not in FRAME_RATES:
            known = ", ".join(f"{rate:g}" for rate in FRAME_RATES)
            raise EmsyncError(f"rate {self.rate:g}: choose from {known}")
        if self.transport != "reaper" or self.port is None:
            return
        if not self.port.isdecimal() or not 0 < int(self.port) < 65536:
            raise EmsyncError(f"REAPER at {self.port}: give the number of a UDP port")


def follow(
    player: Player, sync_source: SyncSource, seconds_at: Callable[[float], float]
) -> Follower[Any]:
    """Make the player follow the sync source; the caller closes the follower.

    seconds_at: the piece's tempo map, quarter notes to seconds; MIDI clock only counts beats.

    Raises EmsyncError when the transport can't be received here.
    """
    port, offset = sync_source.port, sync_source.offset
    match sync_source.transport:
        case "mtc":
            time_code = TimeCode(lambda: sync_source.rate or player.film_rate, offset)
            return follow_midi(player, time_code, port)
        case "clock":
            return follow_midi(player, BeatClock(seconds_at), port, offset)
        case "jack":
            return follow_jack(player, offset)
        case _:
            return follow_reaper(player, port=int(port or REAPER_PORT), offset=offset)
