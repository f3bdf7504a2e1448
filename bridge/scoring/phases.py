"""The phases of scoring a film, and who is shown their progress."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal, Protocol

Phase = Literal["analyzing", "composing", "rendering"]
Progress = Callable[[float], None]
"""Receives the share of a phase that is done, 0..1."""


@dataclass(frozen=True, slots=True)
class Part:
    """A cue that is composed: its name, and the shares of all music before it and of its own."""

    name: str
    before: float
    share: float


class Phases(Protocol):
    """Entered for each phase, and for each cue of a reel; shows or reports its progress."""

    def __call__(self, phase: Phase, part: Part = ..., /) -> AbstractContextManager[Progress]:
        """part: the cue that is composed; left out where there is one piece."""
