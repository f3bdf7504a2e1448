"""The cue sheet of a new cut: what is known of unchanged picture moves with it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from engine.cues import CueSheet
from engine.hits import Hit, in_order
from engine.plan.plan import SAME_TIME
from engine.recut.stretches import Stretch, stretch_at
from engine.section import Section, section_at
from engine.video.boundaries import CLOSE, T_DIFF

SHORTEST_SECTION = 2.0
"""A shorter section belongs to the one before it, in seconds."""


def recut_cues(new: CueSheet, old: CueSheet, stretches: Sequence[Stretch]) -> CueSheet:
    """The cue sheet of a new cut: its picture, with the hits and emotions of the old one.

    new: of the new cut, as analyzed. old: of the old cut. stretches: by new time, in seconds of the
    scores. In new picture the new cut's own hits and emotions hold. If the user had given the hits
    of the old cut, new picture has none.
    """
    moved = _moved_hits(new, old, stretches)
    fresh = [
        hit
        for hit in (() if has_own_hits(old) else new.hits)
        if not _within(hit.seconds, stretches)
        and all(abs(hit.seconds - other.seconds) >= T_DIFF for other in moved)
    ]
    return replace(
        new,
        hits=in_order([*moved, *fresh]),
        sections=tuple(_sections(new, old, stretches)),
    )


def has_own_hits(cues: CueSheet) -> bool:
    """Whether the hits of a cue sheet come from the user, and not from the film's cuts."""
    known = [0.0, cues.duration - CLOSE, *(cut.time for cut in cues.cuts)]
    return any(
        hit != Hit(hit.seconds) or min(abs(hit.seconds - time) for time in known) > SAME_TIME
        for hit in cues.hits
    )


def _moved_hits(new: CueSheet, old: CueSheet, stretches: Sequence[Stretch]) -> list[Hit]:
    cuts = [cut.time for cut in old.cuts]
    own = has_own_hits(old)
    found: list[Hit] = []
    places: dict[float, float] = {}
    """Old hits, and where they were last put."""
    for stretch in stretches:
        for hit in old.hits:
            if not stretch.old - SAME_TIME <= hit.seconds <= stretch.old_end + SAME_TIME:
                continue
            seconds = min(max(0.0, hit.seconds + stretch.moved), new.duration)
            at_end = new.duration - seconds < SAME_TIME
            # The boundary before the old end means nothing elsewhere.
            of_end = (
                abs(old.duration - CLOSE - hit.seconds) < SAME_TIME
                and hit == Hit(hit.seconds)
                and all(abs(hit.seconds - cut) > SAME_TIME for cut in cuts)
                and abs(new.duration - CLOSE - seconds) > SAME_TIME
            )
            known = any(abs(seconds - other.seconds) < SAME_TIME for other in found)
            # Where a little picture was inserted at a cut, one of its edges is enough.
            known |= not own and 0 < seconds - places.get(hit.seconds, math.inf) < T_DIFF
            if not (at_end or of_end or known):
                end = None if hit.end is None else min(hit.end + stretch.moved, new.duration)
                found.append(replace(hit, seconds=seconds, end=end))
                places[hit.seconds] = seconds
    return found


def _within(seconds: float, stretches: Sequence[Stretch]) -> bool:
    """Whether a time lies within a stretch, edges left out."""
    return any(
        stretch.new + SAME_TIME < seconds < stretch.new_end - SAME_TIME for stretch in stretches
    )


def _sections(new: CueSheet, old: CueSheet, stretches: Sequence[Stretch]) -> Iterator[Section]:
    """The sections, each at least ``SHORTEST_SECTION`` long where the film allows it."""
    edges = {0.0, new.duration}
    edges |= {section.start for section in new.sections}
    for stretch in stretches:
        edges |= {stretch.new, stretch.new_end}
        edges |= {
            section.start + stretch.moved
            for section in old.sections
            if stretch.old < section.start < stretch.old_end
        }
    times = sorted(time for time in edges if 0 <= time <= new.duration)
    waiting: Section | None = None
    for start, end in pairwise(times):
        middle = (start + end) / 2
        known = stretch_at(tuple(stretches), middle)
        if known is None:
            source = section_at(new.sections, middle)
        else:
            source = section_at(old.sections, middle - known.moved)
        here = replace(source, start=start, end=end)
        if waiting is None:
            waiting = here
        elif end - start < SHORTEST_SECTION or _same(waiting, here):
            waiting = replace(waiting, end=end)
        elif waiting.end - waiting.start < SHORTEST_SECTION:
            waiting = replace(here, start=waiting.start)
        else:
            yield waiting
            waiting = here
    if waiting is not None:
        yield waiting


def _same(one: Section, other: Section) -> bool:
    # As text, because NaN is unlike itself.
    return repr(replace(one, start=0.0, end=1.0)) == repr(replace(other, start=0.0, end=1.0))
