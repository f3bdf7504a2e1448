"""What several takes are worth: the merit of the one kept against that of a random one."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from statistics import mean

from engine.benchmarks.decoding import TAKES, film
from engine.benchmarks.measures import Line, Section
from engine.model.runtime import Network
from engine.music.composition import Commission
from engine.music.takes import Merit, best, compose_takes


def takes(weights: Path, seeds: int, seconds: float = 30.0) -> Section:
    """The merit and its parts, in the mean over so many seeds, of a film with a boundary every
    eight seconds."""
    network = Network(weights, "cpu")
    kept: list[Merit] = []
    every: list[Merit] = []
    for seed in range(seeds):
        merits = [
            merit for _, merit in compose_takes(film(seconds), network, Commission(seed), TAKES)
        ]
        kept.append(merits[best(merits)])
        every.extend(merits)
    parts = ("total", *(field.name for field in fields(Merit)))
    lines = []
    for part in parts:
        ours, random = (mean(getattr(merit, part) for merit in some) for some in (kept, every))
        what = "merit" if part == "total" else f"of it, {part}"
        lines.append(Line(f"{what}: gain of the kept take over a random one", ours - random, "",
                          how=f"{ours:.2f} against {random:.2f}"))  # fmt: skip
    return Section(
        f"{TAKES} takes of {seconds:g} s (the shipped network), {seeds} seeds", tuple(lines)
    )
