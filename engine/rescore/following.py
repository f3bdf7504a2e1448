"""Bars that follow a region, as models for it: a theme that comes again later comes there too."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from engine.composing.infill import Given
from engine.music.arrangement import Recall
from engine.music.events import encode, normalise
from engine.music.vocabulary import to_seconds
from engine.plan.plan import Plan
from engine.plan.timing import Timing
from engine.rescore.regions import Region
from engine.score import Score


class _Place(NamedTuple):
    """Where a bar stands in its theme. number: in its phrase. beats: how many it has."""

    form: str
    key: str
    number: int
    beats: int


def following_models(plan: Plan, regions: Sequence[Region], given: Given) -> Recall | None:
    """The kept bars that bars of regions take up; None for none.

    A bar takes up the next kept bar after it with its form and place, unless it repeats an earlier
    one. given: what is kept, in film time.
    """
    timing = Timing(plan)
    lines = [plan.seconds_at(line) for line in plan.bar_lines()]
    middles = [(a + b) / 2 for a, b in pairwise([*lines, plan.duration])]
    new = [any(region.holds(at) for region in regions) for at in middles]
    places = _places(plan)
    repeats = timing.arrangement.repeats
    bars = tuple(
        _next_kept(bar, places, new) if new[bar] and not repeats[bar] else None
        for bar in range(len(places))
    )
    if all(bar is None for bar in bars):
        return None
    kept = given.moved(timing.music_time)
    beats = tuple(to_seconds(line * timing.beat) for line in plan.bar_lines())
    score = Score(kept.notes, beats, (), timing.music_time(plan.duration))
    return Recall(tuple(encode(normalise(score)).tolist()), bars)


def _places(plan: Plan) -> list[_Place]:
    firsts = [*(phrase.bar for phrase in plan.phrases), len(plan.bar_lines()) + 1]
    return [
        _Place(phrase.form, phrase.key, bar - first, plan.bar_line(bar + 1) - plan.bar_line(bar))
        for phrase, (first, until) in zip(plan.phrases, pairwise(firsts), strict=True)
        for bar in range(first, until)
    ]


def _next_kept(bar: int, places: Sequence[_Place], new: Sequence[bool]) -> int | None:
    later = range(bar + 1, len(places))
    return next((n for n in later if places[n] == places[bar] and not new[n]), None)
