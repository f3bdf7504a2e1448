"""How the emotion of a film is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.emotion.fusion import MappingName
from engine.emotion.mapping import MU_MAX


@dataclass(frozen=True, slots=True)
class EmotionConfig:
    """How the emotion of a film is read.

    experts: the names of those who read it; None takes all that can work. mapping: ``paper`` takes
    valence and arousal from the six probabilities alone. intensity: how far emotions go, above 0
    and at most 1. listen_to_music: whether the film's own music counts. network: the paper's fusion
    network, which gives the six probabilities in place of the experts; None for late fusion.
    """

    experts: tuple[str, ...] | None = None
    mapping: MappingName = "fusion"
    intensity: float = MU_MAX
    listen_to_music: bool = False
    network: Path | None = None


DEFAULT = EmotionConfig()
