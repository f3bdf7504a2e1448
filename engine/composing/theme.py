"""A user's theme as given music."""

from __future__ import annotations

from bisect import bisect_right

from engine.composing.infill import Given
from engine.plan.plan import Plan
from engine.plan.theme import Theme, placed
from engine.score import Instrument


def theme_given(plan: Plan, theme: Theme) -> Given:
    """The bars of a plan that state a theme: its part is given there, and the others are free."""
    bars = list(placed(plan, theme))
    starts = [plan.seconds_at(plan.bar_line(phrase.bar)) for phrase in plan.phrases]

    def free(at: float) -> frozenset[Instrument]:
        place = bisect_right(starts, at + 1e-6) - 1
        players = plan.phrases[place].instruments if starts else tuple(Instrument)
        return frozenset(players) - {theme.part}

    return Given(
        tuple((start, end) for start, end, _ in bars),
        tuple(note for _, _, notes in bars for note in notes),
        bars=tuple(start for start, _, _ in bars),
        free=tuple(free(start) for start, _, _ in bars),
    )
