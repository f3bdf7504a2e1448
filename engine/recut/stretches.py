"""Stretches of picture that a new cut of a film has from the old one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from engine.plan.plan import SAME_TIME


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of unchanged picture. old, new: its start in each cut. All are seconds."""

    old: float
    new: float
    length: float

    @property
    def moved(self) -> float:
        """How much later it is in the new cut."""
        return self.new - self.old

    @property
    def old_end(self) -> float:
        """Its end in the old cut."""
        return self.old + self.length

    @property
    def new_end(self) -> float:
        """Its end in the new cut."""
        return self.new + self.length

    def cut(self, start: float, end: float) -> Stretch | None:
        """The part from ``start`` to ``end`` of the new cut; None for an empty one."""
        start, end = max(start, self.new), min(end, self.new_end)
        return Stretch(start - self.moved, start, end - start) if end > start else None


def in_scored_parts(
    stretches: Iterable[Stretch], old: tuple[float, float], new: tuple[float, float]
) -> tuple[Stretch, ...]:
    """Stretches of two files as stretches of their scored parts, in seconds of their scores.

    old, new: start and end of the scored part of each file.
    """
    found = []
    for stretch in stretches:
        # Both limits in the new cut's time.
        start = max(new[0], old[0] + stretch.moved)
        kept = stretch.cut(start, min(new[1], old[1] + stretch.moved))
        if kept is not None:
            found.append(Stretch(kept.old - old[0], kept.new - new[0], kept.length))
    return tuple(found)


def joined(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """The stretches by new time, each joined with the one before where it goes on from there."""
    found: list[Stretch] = []
    for each in sorted(stretches, key=lambda stretch: stretch.new):
        last = found[-1] if found else None
        if (
            last is not None
            and abs(each.new - last.new_end) < SAME_TIME
            and abs(each.moved - last.moved) < SAME_TIME / 4
        ):
            found[-1] = Stretch(last.old, last.new, each.new_end - last.new)
        else:
            found.append(each)
    return tuple(found)


def stretch_at(stretches: tuple[Stretch, ...], seconds: float) -> Stretch | None:
    """The stretch that holds a time of the new cut, its edges included; None for new picture."""
    place = bisect_right(stretches, seconds + SAME_TIME, key=lambda stretch: stretch.new) - 1
    if place < 0 or seconds > stretches[place].new_end + SAME_TIME:
        return None
    return stretches[place]
