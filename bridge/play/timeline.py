"""How seconds of a piece lie on the system's clock."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timeline:
    """``position`` seconds fall on ``when``; from there ``rate`` seconds pass a second."""

    when: float
    position: float
    rate: float = 1.0

    def when_at(self, position: float) -> float:
        """The moment of a position."""
        return self.when + (position - self.position) / self.rate

    def position_at(self, when: float) -> float:
        """The position at a moment."""
        return self.position + (when - self.when) * self.rate
