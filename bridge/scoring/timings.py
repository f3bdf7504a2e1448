"""How long the phases of scoring a film take."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Timings:
    """Wall time of each phase in seconds. render: sound and film; 0 without."""

    load: float = 0.0
    analyze: float = 0.0
    compose: float = 0.0
    export: float = 0.0
    total: float = 0.0
    render: float = 0.0


class Stopwatch:
    """Times the phases of a piece, which follow each other."""

    def __init__(self) -> None:
        """The first phase begins."""
        self._begun = self._last = time.perf_counter()
        self._seconds: dict[str, float] = {}

    def end(self, phase: Literal["load", "analyze", "compose", "export"]) -> None:
        """This phase ends, and the next one begins."""
        now = time.perf_counter()
        self._seconds[phase] = now - self._last
        self._last = now

    @property
    def timings(self) -> Timings:
        """The phases that have ended, and their sum."""
        return Timings(**self._seconds, total=self._last - self._begun)
