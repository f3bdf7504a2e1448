"""JACK transport."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.play.follow.transport import Transport


@dataclass(frozen=True, slots=True)
class Cycle:
    """What JACK says at the start of a cycle: whether it rolls (starting up does not), the frame
    of the transport, and frames a second."""

    rolling: bool
    frame: int
    rate: int


class JackTransport:
    """From cycles to transports."""

    name = "JACK transport"

    def feed(self, arrived: Cycle, when: float) -> Transport | None:
        """A cycle, whose first frame falls on ``when``."""
        return Transport(arrived.rolling, arrived.frame / arrived.rate)

    def idle(self, when: float) -> Transport | None:
        """A JACK that stops calls back no more, and its ports are gone with it."""
        return None
