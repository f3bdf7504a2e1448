"""Other hits for a finished score: the bars around them get new beats, and all others stay.

It is a re-cut of a film with itself (:mod:`engine.recut`): picture near a changed hit counts as
new, all else as unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from engine.cues import CueSheet
from engine.errors import EmsyncError
from engine.hits import Hit
from engine.plan.plan import SAME_TIME, Plan
from engine.recut.planner import NewPlan, plan_recut
from engine.recut.stretches import Stretch
from engine.rescore.regions import Region

AROUND = 1.0
"""How far new music reaches to both sides of a changed hit, in usual bars."""


@dataclass(frozen=True, slots=True)
class NewHits:
    """A score with other hits.

    cues: with these hits. new: its plan, and the bars that stay. regions: what is composed anew, in
    seconds.
    """

    cues: CueSheet
    new: NewPlan
    regions: tuple[Region, ...]


def plan_hits(
    plan: Plan,
    cues: CueSheet,
    hits: Sequence[Hit],
    within: tuple[float, float] | None = None,
    seed: int = 0,
) -> NewHits:
    """Plan a score with other hits.

    plan, cues: of the old score. hits: of the new one, rising, in seconds. within: compose just
    this stretch anew, in seconds; None for the bars around hits that differ. seed: of chords that
    are drawn. Equal arguments give equal plans.

    Raises EmsyncError if no hit differs or none of the old bars can stay. With ``within`` it also
    raises if a hit differs elsewhere or the new beats do not fit into the stretch.
    """
    if late := [hit.seconds for hit in hits if hit.seconds > cues.duration]:
        raise EmsyncError(
            f"hits: {late[0]:g} s is beyond the end, {cues.duration:.3f} s; remove it"
        )
    changed = changed_times(cues.hits, hits)
    if not changed:
        raise EmsyncError("hits: they are those of the old score; move, add or remove one")
    if within is None:
        # A tempo counts quarter notes.
        around = AROUND * plan.usual_bar * plan.quarters * 60 / plan.tempo
        new_picture = [(time - around, time + around) for time in changed]
    else:
        _check_inside(changed, within)
        new_picture = [within]
    cues = replace(cues, hits=tuple(hits))
    new = plan_recut(plan, cues, tuple(_unchanged(new_picture, cues.duration)), seed)
    if not new.kept:
        raise EmsyncError(
            "hits: no bars can stay around them; compose the whole piece anew "
            "(POST /jobs/{id}/regenerate)"
        )
    found = NewHits(cues, new, tuple(_regions(new)))
    if within is not None:
        _check_kept(found, plan, within)
    return found


def changed_times(old: Sequence[Hit], new: Sequence[Hit]) -> tuple[float, ...]:
    """When hits lie that only one of two lists has, in seconds, rising.

    Names do not count: the music does not depend on them.
    """
    before, after = ({replace(hit, label="") for hit in hits} for hits in (old, new))
    return tuple(sorted({hit.seconds for hit in before ^ after}))


def _unchanged(new: Sequence[tuple[float, float]], duration: float) -> Iterator[Stretch]:
    """The stretches between those of new picture."""
    start = 0.0
    for begin, end in sorted(new):
        if begin > start:
            yield Stretch(start, start, begin - start)
        start = max(start, end)
    if start < duration:
        yield Stretch(start, start, duration - start)


def _regions(new: NewPlan) -> Iterator[Region]:
    start = 0.0
    for begin, end in new.spans:
        if begin > start + SAME_TIME:
            yield Region(start, begin)
        start = end
    if new.plan.duration > start + SAME_TIME:
        yield Region(start, new.plan.duration)


def _check_inside(changed: Sequence[float], within: tuple[float, float]) -> None:
    start, end = within
    for time in changed:
        if not start <= time <= end:
            raise EmsyncError(
                f"hits: one differs at {time:.3f} s, outside from {start:g} to {end:g} s; what is "
                "kept has its old hits"
            )


def _check_kept(found: NewHits, plan: Plan, within: tuple[float, float]) -> None:
    """Refuse a plan that needs bars outside of the stretch."""
    lines = [plan.seconds_at(line) for line in plan.bar_lines()]
    before = max((line for line in lines if line <= within[0] + SAME_TIME), default=0.0)
    after = min((line for line in lines if line >= within[1] - SAME_TIME), default=plan.duration)
    for region in found.regions:
        if region.start < before - SAME_TIME or region.end > after + SAME_TIME:
            raise EmsyncError(
                f"hits: new beats do not fit into {within[0]:g} to {within[1]:g} s; they need "
                f"{region.start:.3f} to {region.end:.3f} s"
            )
