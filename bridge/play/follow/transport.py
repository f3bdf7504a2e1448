"""The state of a DAW's transport."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeVar

Arrived = TypeVar("Arrived", contravariant=True)


@dataclass(frozen=True, slots=True)
class Transport:
    """Whether it rolls, and its position in seconds."""

    rolling: bool
    position: float


class Machine(Protocol[Arrived]):
    """A state machine from arrivals to transports. Moments are of ``time.monotonic()``."""

    name: str

    def feed(self, arrived: Arrived, when: float) -> Transport | None:
        """The transport at the moment ``when``; None while it is not known."""

    def idle(self, when: float) -> Transport | None:
        """A stopped transport if nothing came for too long, else None; to be called regularly."""
