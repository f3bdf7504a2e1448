"""Hits of emsync's own cue sheets, and cue sheets that take up hits."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from engine.cues import CueSheet, Section, Video, read_cues
from engine.emotion.sections import turned
from engine.hits import Hit, HitList, boundary_hits, in_order
from engine.timecode import Clock


def read(path: Path, clock: Clock) -> HitList:
    """The hits of a cue sheet as markers, and its cuts, in seconds of the film.

    Raises EmsyncError for a wrong cue sheet.
    """
    cues = read_cues(path)
    own = cues.video.clock
    clock = replace(clock, rate=own.rate or clock.rate, start=clock.start or own.start)
    cuts = [Hit(cues.start + cut.time, kind=cut.kind) for cut in cues.cuts]
    hits = [hit.moved(cues.start) for hit in cues.hits]
    return HitList(in_order([*hits, *cuts]), clock, cues.video.duration)


def blank(video: Video) -> CueSheet:
    """The cue sheet of a film that nobody has looked at."""
    section = Section(0.0, video.duration, {}, math.nan, math.nan, "unknown")
    return CueSheet(video, 0.0, video.duration, (), (), (section,))


def with_hits(cues: CueSheet, hits: Sequence[Hit]) -> CueSheet:
    """The cue sheet with these hits, in its own seconds; their emotions begin sections."""
    kept = boundary_hits(hits)
    turns = [(hit.seconds, hit.end, hit.emotion) for hit in kept if hit.emotion is not None]
    return replace(cues, hits=kept, sections=turned(cues.sections, turns))


def hits_of(found: HitList, start: float, end: float, duration: float) -> tuple[Hit, ...]:
    """What the music of a part of the film marks, in seconds from its ``start``.

    These are the markers of a list, or its edits if it has no markers. Hits in the rest of the film
    are left out, with a warning. Those beyond its ``duration`` are kept, so that they are refused.
    """
    hits = boundary_hits(found.of("hits").hits)
    kept = [hit for hit in hits if start <= hit.seconds <= end or hit.seconds > duration]
    if left_out := len(hits) - len(kept):
        warnings.warn(f"{left_out} hits outside the scored part are left out", stacklevel=2)
    return tuple(hit.moved(-start) for hit in kept)
