"""The gain of several takes: the score of the one kept against that of a random one."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from statistics import mean

from engine.benchmarks.decoding import TAKES, film
from engine.benchmarks.measures import Line, Section
from engine.composing.config import GenerationConfig
from engine.composing.takes import TakeScore, best, compose_takes
from engine.model.runtime import Network


def takes(weights: Path, seeds: int, seconds: float = 30.0) -> Section:
    """Compare the take score and its parts, as means over as many seeds as ``seeds``.

    The film lasts ``seconds`` and has a boundary every eight seconds.
    """
    network = Network(weights, "cpu")
    kept: list[TakeScore] = []
    every: list[TakeScore] = []
    for seed in range(seeds):
        take_scores = [
            take_score
            for _, take_score in compose_takes(
                film(seconds), network, GenerationConfig(seed), TAKES
            )
        ]
        kept.append(take_scores[best(take_scores)])
        every.extend(take_scores)
    parts = ("total", *(field.name for field in fields(TakeScore)))
    lines = []
    for part in parts:
        ours, random = (
            mean(getattr(take_score, part) for take_score in some) for some in (kept, every)
        )
        what = "take score" if part == "total" else f"of it, {part}"
        lines.append(Line(f"{what}: gain of the kept take over a random one", ours - random, "",
                          how=f"{ours:.2f} against {random:.2f}"))  # fmt: skip
    return Section(
        f"{TAKES} takes of {seconds:g} s (the shipped network), {seeds} seeds", tuple(lines)
    )
