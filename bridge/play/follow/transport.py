"""The state of a DAW's transport."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol, TypeVar

Arrived = TypeVar("Arrived", contravariant=True)


@dataclass(frozen=True, slots=True)
class Transport:
    """Whether it rolls, and its position in seconds.

    landed: where it began to roll or jumped to, in seconds, if it took a while to find out.
    """

    rolling: bool
    position: float
    landed: float | None = field(default=None, compare=False)


class Machine(Protocol[Arrived]):
    """A state machine from arrivals to transports. Moments are of ``time.monotonic()``."""

    name: str

    def feed(self, arrived: Arrived, when: float) -> Transport | None:
        """The transport at the moment ``when``; None while it is not known."""

    def idle(self, when: float) -> Transport | None:
        """A stopped transport if nothing came for too long, else None; to be called regularly."""
