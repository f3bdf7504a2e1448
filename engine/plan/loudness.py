"""What a plan says to players: how loud a piece is along its phrases, and where its bars are.

Levels are nearer together than dynamic marks say.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from engine.plan import mood
from engine.plan.plan import DYNAMICS, Plan, phrase_lines
from engine.section import Section

NEARER = 0.7
"""The power that brings the levels of dynamic marks nearer together. The marks are those of flat
notes. Songs lie between .76 and 1.23 times their median level (10th to 90th percentile)."""


def levels(sections: Sequence[Section], plan: Plan | None) -> tuple[tuple[float, float], ...]:
    """Seconds, rising, and the loudness from there on, as a share of the usual one.

    The dynamics of the plan's phrases set it; without phrases, the arousal of the sections does,
    where it is known.
    """
    marks = [
        (section.start, mood.dynamics(section.arousal))
        for section in sections
        if not math.isnan(section.arousal)
    ]
    if plan is not None and plan.phrases:
        lines = map(plan.seconds_at, phrase_lines(plan))
        marks = list(zip(lines, (phrase.dynamics for phrase in plan.phrases), strict=True))
    return tuple((seconds, DYNAMICS[mark] ** NEARER) for seconds, mark in marks)


def bar_times(plan: Plan | None) -> tuple[float, ...]:
    """The bar lines of a plan in seconds; none without a plan."""
    return () if plan is None else tuple(plan.seconds_at(line) for line in plan.bar_lines())
