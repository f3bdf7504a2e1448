"""Hits of emsync's own cue sheets, and cue sheets that take up hits."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from engine.cues import CueSheet, Video
from engine.cues_json import read_cues
from engine.emotion.mapping import MU_MAX
from engine.emotion.sections import turned
from engine.hits import SAME, Hit, HitList, boundary_hits, in_order, stretches_off
from engine.section import Section
from engine.spotting import MusicCue
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
    hits += [Hit(cues.start + a, kind="off", end=cues.start + b) for a, b in cues.no_hits]
    return HitList(in_order([*hits, *cuts]), clock, cues.video.duration)


def blank(video: Video) -> CueSheet:
    """The cue sheet of a film that nobody has looked at."""
    section = Section(0.0, video.duration, {}, math.nan, math.nan, "unknown")
    return CueSheet(video, 0.0, video.duration, (), (), (section,))


def with_hits(cues: CueSheet, hits: Sequence[Hit], mu_max: float = MU_MAX) -> CueSheet:
    """The cue sheet with these hits, in its own seconds; their emotions begin sections.

    mu_max: scales the points of words for emotions.

    Stretches without hits are added to its own. Hits within them are kept, so that hits that were
    moved stay; :func:`engine.hits.marked` leaves them out.
    """
    kept = boundary_hits(hits)
    turns = [(hit.seconds, hit.end, hit.emotion) for hit in kept if hit.emotion is not None]
    listed = sorted({*cues.no_hits, *stretches_off(kept)})
    off = tuple((a, min(b, cues.duration)) for a, b in listed if a < cues.duration)
    plain = tuple(hit for hit in kept if not hit.is_off)
    return replace(cues, hits=plain, sections=turned(cues.sections, turns, mu_max), no_hits=off)


def moved(cues: CueSheet, by: float) -> CueSheet:
    """The cue sheet with its hits ``by`` seconds later, but for one on the first frame.

    A hit stays within the film, and stretches without hits move with the hits around them.
    """

    def at(seconds: float) -> float:
        return min(max(0.0, seconds + by), cues.duration)

    # An offset may bring a hit to the place of another.
    hits = {at(hit.seconds) if hit.seconds else 0.0: hit for hit in reversed(cues.hits)}
    off = ((at(start), at(end)) for start, end in cues.no_hits)
    return replace(
        cues,
        hits=tuple(
            replace(
                hits[time], seconds=time, end=None if end is None or at(end) <= time else at(end)
            )
            for time in sorted(hits)
            for end in (hits[time].end,)
        ),
        no_hits=tuple((start, end) for start, end in off if start < end),
    )


def hits_of(found: HitList, start: float, end: float, duration: float) -> tuple[Hit, ...]:
    """What the music of a part of the film marks, in seconds from its ``start``.

    These are the markers of a list, or its edits if it has no markers. Hits in the rest of the film
    are left out, with a warning. Those beyond its ``duration`` are kept, so that they are refused.
    """
    listed = boundary_hits(found.of("hits").hits)
    hits = [hit for hit in listed if not hit.is_off]
    kept = [hit for hit in hits if start <= hit.seconds <= end or hit.seconds > duration]
    if left_out := len(hits) - len(kept):
        warnings.warn(f"{left_out} hits outside the scored part are left out", stacklevel=2)
    off = (_part(hit, start, end) for hit in listed if hit.is_off)
    kept += [hit for hit in off if hit is not None]
    return tuple(hit.moved(-start) for hit in in_order(kept))


def _part(hit: Hit, start: float, end: float) -> Hit | None:
    """What a part of the film has of a stretch; None if nothing."""
    since, until = max(hit.seconds, start), min(hit.end or end, end)
    return replace(hit, seconds=since, end=until) if since < until else None


def is_cue_sheet(path: Path) -> bool:
    """Whether a file is one of emsync's cue sheets, by its name and its beginning."""
    try:
        with path.open("rb") as file:
            head = file.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n")
    except OSError:
        return False
    return head.startswith(b"{") and b'"OTIO_SCHEMA"' not in head


def film_part(cues: CueSheet, cue: MusicCue, mu_max: float = MU_MAX) -> CueSheet:
    """The cue sheet of one cue of a film's music, in seconds from its in point.

    It has the cuts, hits and sections within the cue. What lies on its out point belongs to what
    comes after it. The emotion of a cue goes before that of the film's sections, and the emotion of
    a hit before that of the cue. mu_max: scales the points of words.
    """
    first, last = cue.start, cue.end

    def inside(time: float) -> bool:
        return first - SAME <= time < last - SAME

    def moved(time: float) -> float:
        return min(max(time - first, 0.0), last - first)

    sections = tuple(
        replace(section, start=moved(section.start), end=moved(section.end))
        for section in cues.sections
        if section.start < last and section.end > first
    )
    if cue.emotion is not None:
        sections = turned(sections, [(0.0, None, cue.emotion)], mu_max)
    hits = [
        replace(
            hit,
            seconds=moved(hit.seconds),
            end=None if hit.end is None or hit.end >= last else moved(hit.end),
        )
        for hit in cues.hits
        if inside(hit.seconds)
    ]
    part = replace(
        cues,
        start=cues.start + first,
        end=cues.start + last,
        cuts=tuple(cut.moved(moved) for cut in cues.cuts if inside(cut.time)),
        hits=(),
        sections=sections,
        no_hits=tuple((moved(a), moved(b)) for a, b in cues.no_hits if a < last and b > first),
        spotting=(),
    )
    return with_hits(part, hits, mu_max)
