"""JACK transport."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.play.follow.transport import Transport


@dataclass(frozen=True, slots=True)
class Cycle:
    """JACK's report at the start of a cycle.

    rolling: False while it is still starting. frame: of the transport. rate: frames a second.
    """

    rolling: bool
    frame: int
    rate: int


class JackTransport:
    """Converts cycles to transports."""

    name = "JACK transport"

    def feed(self, arrived: Cycle, when: float) -> Transport | None:
        """The transport at ``when``, the moment of the cycle's first frame."""
        return Transport(arrived.rolling, arrived.frame / arrived.rate)

    def idle(self, when: float) -> Transport | None:
        """None: when JACK stops, its ports are gone too, so the player stops by itself."""
        return None
