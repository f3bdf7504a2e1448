"""Compare two cuts by the lengths of their shots alone, where the old picture is gone.

Some shots in a row that last as long as some in the new film, each to half a frame, count as
unchanged. A single length says little, so three in a row are needed.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.plan.plan import SAME_TIME
from engine.recut.stretches import Stretch, joined

FEWEST = 3
"""The fewest shots in a row that are believed."""


def same_lengths(
    old: Sequence[float], old_end: float, new: Sequence[float], new_end: float
) -> tuple[Stretch, ...]:
    """The stretches of shots with the same lengths, by new time; the longest count first.

    old, new: the cuts of each film, rising, in seconds. old_end, new_end: their lengths.
    """
    before, after = ([0.0, *cuts, end] for cuts, end in ((old, old_end), (new, new_end)))
    rows: list[tuple[int, float, int, int]] = []
    for here in range(len(before) - 1):
        for there in range(len(after) - 1):
            if _equal(before, after, here - 1, there - 1):
                # It belongs to the row that began earlier.
                continue
            count = 0
            while _equal(before, after, here + count, there + count):
                count += 1
            if count >= FEWEST:
                rows.append((count, after[there + count] - after[there], here, there))
    free = [True] * len(after)
    found: list[Stretch] = []
    for count, length, here, there in sorted(rows, reverse=True):
        if all(free[there : there + count]):
            free[there : there + count] = [False] * count
            found.append(Stretch(before[here], after[there], length))
    return joined(found)


def _equal(before: Sequence[float], after: Sequence[float], here: int, there: int) -> bool:
    """Whether two shots last equally long."""
    if min(here, there) < 0 or here + 1 >= len(before) or there + 1 >= len(after):
        return False
    lasts = before[here + 1] - before[here], after[there + 1] - after[there]
    return abs(lasts[0] - lasts[1]) < SAME_TIME
