"""When the last chord of a piece begins."""

from __future__ import annotations

import math
from collections.abc import Sequence

from engine.plan.plan import LATEST_PHRASE, SAME_TIME, Plan

RING = 1.2
"""The fewest seconds that the last chord has before the film's end."""
LEAST_RING = LATEST_PHRASE + SAME_TIME
"""The fewest seconds that it has if the user wants a boundary there."""
LONGEST_RING = 4.0
"""If the last bar line leaves more seconds than this, the last chord may come in mid-bar."""


def last_chord_beat(plan: Plan, boundaries: Sequence[float]) -> int:
    """The beat of the last chord: a boundary near the end, or the last bar line, or mid-bar, that
    leaves time to ring. A boundary that leaves less time is kept too; the user wants it."""
    near = [b for b in boundaries if b > 0 and LEAST_RING <= plan.duration - b <= LONGEST_RING]
    beat = round(float(plan.clock.ticks(near[-1]))) if near else 0
    if beat > 0 and plan.met(near[-1:])[0]:
        return beat
    lines = plan.bar_lines()
    room = [plan.duration - plan.seconds_at(line) for line in lines]
    last = max((place for place, left in enumerate(room) if left >= RING), default=0)
    if last > 0 and room[last] <= LONGEST_RING:
        return lines[last]
    beats = plan.bars[min(last, len(plan.bars) - 1)]
    middle = lines[last] + math.ceil(beats / 2)
    return middle if plan.duration - plan.seconds_at(middle) >= RING else lines[last]
