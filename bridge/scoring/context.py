"""What scoring works with, whatever it scores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.scoring.phases import Phases

if TYPE_CHECKING:
    from engine.model.runtime import Network


def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True)
class ScoringContext:
    """What films, re-cuts, rescores and reels are scored with.

    load: loads the network; called once the film has been analyzed. Raises EmsyncError for one that
    can't be loaded. folder: where the result goes; it exists. phases: entered for each phase.
    soundfont: as for :func:`~bridge.scoring.rendering.renderer_for`. ready: called once the sound
    of the piece can be played; a reel has no such moment.
    """

    load: Callable[[], Network]
    folder: Path
    phases: Phases
    soundfont: Path | None = None
    ready: Callable[[], None] = _nothing
