"""Which transitions the music marks.

Times are seconds from the score's zero.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from statistics import median

from engine.cues import Transition

T_DIFF = 4.0
"""The least distance of boundaries, in seconds (paper, IV-A)."""

CLOSE = 2.0
"""How long before the end the last chord begins, in seconds."""

OPENING = 1.0
"""How long the first picture stays the opening, whatever is cut to, in seconds."""

ENDING = 1.0
"""A chord that begins less than this before the end can't be heard as one, in seconds."""

HEAVIEST_CUT = 2.0
"""The most that a transition weighs in the search for a tempo."""

_SLACK = 0.005
"""Frames' times are rounded: distances this much shorter, in seconds, count as equal."""


def keep_apart(cuts: Sequence[Transition], distance: float = T_DIFF) -> tuple[float, ...]:
    """The times of the strongest transitions that lie ``distance`` seconds apart, rising.

    Transitions are taken by their strength, each unless one that was taken is closer. Of equally
    strong ones the first is taken. The paper's difference filter (III-B3) always keeps the first of
    a crowd instead.
    """
    kept: list[float] = []
    for cut in sorted(cuts, key=lambda cut: (-cut.strength, cut.time)):
        place = bisect(kept, cut.time)
        if all(_apart(cut.time, near, distance) for near in kept[max(0, place - 1) : place + 1]):
            kept.insert(place, cut.time)
    return tuple(kept)


def boundaries(
    cuts: Sequence[Transition], duration: float, distance: float = T_DIFF
) -> tuple[float, ...]:
    """The times that the music marks: kept transitions, the first frame and the last chord.

    duration: of the film in seconds. distance: the least one of boundaries, in seconds.

    The paper marks only cuts. But a soundtrack also begins and ends with its film. So the first
    frame is a boundary, unless a cut soon after it takes its place. Such a cut is not in the first
    second, and as strong as half of the film's. The onset of a last chord that rings out until the
    end is one too, unless another boundary is too close before it. A cut in the last second is
    none: the last chord would be cut off there.
    """
    usual = median(cut.strength for cut in cuts) if cuts else 0.0
    marked = [
        cut for cut in cuts
        if (_apart(0.0, cut.time, distance) or (cut.time >= OPENING and cut.strength >= usual))
        and cut.time <= duration - ENDING
    ]  # fmt: skip
    kept = keep_apart(marked, distance)
    first = (0.0,) if not kept or _apart(0.0, kept[0], distance) else ()
    close = duration - CLOSE
    before = max((0.0, *kept))
    last = (close,) if close > before and _apart(before, close, distance) else ()
    return (*first, *kept, *last)


def cut_weights(cuts: Sequence[Transition]) -> dict[float, float]:
    """How much each transition counts in the search for a tempo, by its time.

    A transition of at most the film's usual strength weighs 1. One four times as strong weighs
    twice as much, and none more. If weak ones weighed less, tempi that leave them off the downbeat
    would win.
    """
    usual = median(cut.strength for cut in cuts) if cuts else 0.0
    if usual <= 0:
        return {}
    return {
        cut.time: round(min(max((cut.strength / usual) ** 0.5, 1.0), HEAVIEST_CUT), 2)
        for cut in cuts
    }


def _apart(one: float, other: float, distance: float) -> bool:
    return abs(other - one) >= max(distance - _SLACK, _SLACK)
