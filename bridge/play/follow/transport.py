"""Where a DAW's transport is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeVar

Fed = TypeVar("Fed", contravariant=True)


@dataclass(frozen=True, slots=True)
class Transport:
    """Whether it rolls, and its position in seconds."""

    rolling: bool
    position: float


class Machine(Protocol[Fed]):
    """Turns what arrives into transports; times are of ``time.monotonic()``."""

    name: str

    def feed(self, arrived: Fed, when: float) -> Transport | None:
        """Where the transport is at ``when``; None while that is not known."""

    def idle(self, when: float) -> Transport | None:
        """To be called now and then: stopped, if nothing came for too long; else None."""
