"""Do planned pieces keep their plans? (:mod:`engine.metrics.planned`)

Everything that was composed counts: every piece has a plan for its own film.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.evaluation.request import Request
from engine.metrics import planned
from engine.metrics.planned import PlannedPiece
from engine.metrics.statistics import Json
from engine.plan.plan import mean_density
from engine.score import Instrument, Score


def evaluate(asked: Sequence[Request], scores: Sequence[Score]) -> Json:
    """The measures over all pieces. asked, scores: the requests and their pieces, in one order."""
    return planned.evaluate(
        [
            PlannedPiece(score, request.boundaries, tuple(Instrument), mean_density(request.plan()))
            for request, score in zip(asked, scores, strict=True)
        ]
    )
