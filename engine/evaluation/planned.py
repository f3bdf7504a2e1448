"""Do planned pieces keep their plans? (:mod:`engine.metrics.planned`)

Everything that was composed counts: every piece has a plan for its own film.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from engine.evaluation.request import Request
from engine.metrics import planned
from engine.metrics.planned import PlannedPiece
from engine.metrics.statistics import Json
from engine.plan.plan import Plan
from engine.score import Instrument, Score


def mean_density(plan: Plan) -> float:
    """The notes a second that a plan asks for, over the whole film."""
    starts = [plan.seconds_at(plan.bar_line(phrase.bar)) for phrase in plan.phrases]
    spans = [end - start for start, end in pairwise([*starts, plan.duration])]
    notes = sum(p.density * span for p, span in zip(plan.phrases, spans, strict=True))
    return notes / plan.duration


def evaluate(asked: Sequence[Request], scores: Sequence[Score]) -> Json:
    """The measures over all pieces. asked, scores: the requests and their pieces, in one order."""
    return planned.evaluate(
        [
            PlannedPiece(score, request.boundaries, tuple(Instrument), mean_density(request.plan()))
            for request, score in zip(asked, scores, strict=True)
        ]
    )
