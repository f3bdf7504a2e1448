"""How much an evaluation measures."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import EmsyncError

PARTS = ("likelihood", "boundaries", "controls", "emotion", "sections")
"""The parts that take long. The pieces of ``boundaries`` are also measured for musicality, harmony
and faults, and those of all parts for how they keep their plans."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """How much to measure.

    parts: some of :data:`PARTS`. windows: of split=val, for the likelihood. boundaries: the least
    number asked for. seeds: pieces at each point of the emotion grid. turns: films of two
    sections, at most those of :data:`engine.evaluation.turning.TURNS`. songs: the most
    excerpts of split=val. controls: pieces for each group of controls. seed: of everything drawn.

    Raises EmsyncError unless at least one boundary and one seed are asked for.
    """

    parts: tuple[str, ...] = PARTS
    windows: int = 100
    boundaries: int = 1000
    seeds: int = 4
    turns: int = 20
    songs: int = 400
    controls: int = 60
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("boundaries", "seeds"):
            if getattr(self, name) < 1:
                raise EmsyncError(f"{name} {getattr(self, name)}: ask for at least 1")


QUICK = Amounts(windows=12, boundaries=40, seeds=1, turns=1, songs=60, controls=8)
"""For a first look; its figures are too uncertain to quote."""
