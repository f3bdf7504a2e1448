"""Chapters of a film: its own, or one for each shot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

from engine.cues import CueSheet
from engine.video.container import Film

_UNIT = Fraction(1, 1000)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter, in seconds of the film."""

    start: float
    end: float
    title: str

    def to_av(self) -> Any:
        """As PyAV takes it."""
        return {
            "id": round(self.start / _UNIT),
            "start": round(self.start / _UNIT),
            "end": round(self.end / _UNIT),
            "time_base": _UNIT,
            "metadata": {"title": self.title},
        }


def read_chapters(film: Film, zero: Fraction) -> tuple[Chapter, ...]:
    """The chapters that a film has. zero: the stamp of its second 0."""
    found = []
    for number, each in enumerate(film.container.chapters(), start=1):
        unit = each["time_base"] or _UNIT
        start, end = (float(each[name] * unit - zero) for name in ("start", "end"))
        found.append(Chapter(start, end, each["metadata"].get("title", f"Chapter {number}")))
    return tuple(found)


def shot_chapters(cues: CueSheet) -> tuple[Chapter, ...]:
    """A chapter for each shot of the scored part, named by its number and timecode."""
    edges = [0.0, *(cut.time for cut in cues.cuts), cues.duration]
    return tuple(
        Chapter(cues.start + start, cues.start + end, f"Shot {number} {cues.timecode(start)}")
        for number, (start, end) in enumerate(pairwise(edges), start=1)
        if end > start
    )


def chapters_within(chapters: Iterable[Chapter], begin: float, end: float) -> Sequence[Chapter]:
    """Chapters from ``begin`` to ``end``, in seconds from ``begin``."""
    return [
        replace(each, start=max(each.start, begin) - begin, end=min(each.end, end) - begin)
        for each in chapters
        if each.end > begin and each.start < end
    ]
