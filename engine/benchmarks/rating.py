"""What the rating prefers, in songs that are known to be better than their corrupted copies."""

from __future__ import annotations

from engine.benchmarks.measures import Line, Section
from engine.evaluation.corruptions import FAULTS
from engine.evaluation.other_corruptions import OTHERS
from engine.evaluation.preference import evaluate
from engine.metrics.statistics import Json
from engine.parallel import Progress
from engine.training.corpus.token_cache import Cache

PAIRS = 500
WANTED = 0.95
"""The least share of pairs in which the uncorrupted excerpt should be preferred."""
SEED = 23
"""Of the pairs that are reported; the rating was tuned with training songs and other seeds."""


def rating(
    cache: Cache, pairs: int = PAIRS, workers: int = 1, progress: Progress | None = None
) -> list[Section]:
    """How often the rating prefers validation songs to their corrupted copies.

    :mod:`engine.evaluation.other_corruptions` has the faults of the second section.
    """
    known = evaluate(cache, pairs, SEED, FAULTS, True, workers, progress)
    others = evaluate(cache, pairs, SEED, OTHERS, True, workers, progress)
    return [
        _section("The rating prefers a song to the same song with a fault", known, WANTED),
        _section("The same with faults that the rating was not made for", others, None),
    ]


def _section(title: str, found: Json, wanted: float | None) -> Section:
    return Section(
        title,
        tuple(
            Line(
                name,
                figures["value"],
                target=wanted if name == "all" else None,
                side="at least",
                how=f"n = {figures['n']}, {figures['ties']} ties, "
                + "95% {:.3f} to {:.3f}".format(*figures["interval"]),
            )
            for name, figures in found.items()
        ),
    )
