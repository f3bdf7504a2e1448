"""The gain of several takes: the rating of the one kept against that of a random one."""

from __future__ import annotations

from pathlib import Path
from statistics import mean

from engine.benchmarks.decoding import TAKES, film
from engine.benchmarks.measures import Line, Section
from engine.composing.config import GenerationConfig
from engine.composing.takes import compose_takes, ranked
from engine.model.runtime import Network
from engine.rating.rating import Rating


def takes(weights: Path, seeds: int, seconds: float = 30.0) -> Section:
    """Compare the rating and its parts, as means over as many seeds as ``seeds``.

    The film lasts ``seconds`` and has a boundary every eight seconds.
    """
    network = Network(weights, "cpu")
    kept: list[Rating] = []
    every: list[Rating] = []
    for seed in range(seeds):
        best_first = ranked(compose_takes(film(seconds), network, GenerationConfig(seed), TAKES))
        kept.append(best_first[0][1])
        every.extend(rating for _, rating in best_first)
    lines = [_line("rating", [one.total for one in kept], [one.total for one in every])]
    for part in every[0].parts:
        ours, random = (
            [one.parts[part] for one in some if part in one.parts] for some in (kept, every)
        )
        if ours:
            lines.append(_line(f"of it, {part}", ours, random))
    return Section(
        f"{TAKES} takes of {seconds:g} s (the shipped network), {seeds} seeds", tuple(lines)
    )


def _line(what: str, kept: list[float], every: list[float]) -> Line:
    ours, random = mean(kept), mean(every)
    return Line(
        f"{what}: gain of the kept take over a random one",
        ours - random,
        how=f"{ours:.2f} against {random:.2f}",
    )
