"""The picture edits of an OTIO timeline or an AAF, for re-cuts; needs the extra ``otio``."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

from engine.errors import EmsyncError
from engine.timecode import Clock
from engine.timeline.edl import BLACK, Edit
from engine.timeline.otio import kind_of, seconds_of, with_timeline, zero_of
from engine.timeline.sources import one_after_another, source_names


def read_edits(path: Path, clock: Clock) -> tuple[Edit, ...]:
    """The edits of the one video track, in order.

    Nested timelines, generators, and clips with a speed of their own are edits that are not in real
    time. Raises EmsyncError for a damaged file, and for pictures on several tracks.
    """

    def edits(otio: ModuleType, timeline: Any) -> tuple[Edit, ...]:
        tracks = [
            track for track in timeline.video_tracks()
            if any(isinstance(item, otio.schema.Clip | otio.schema.Stack) for item in track)
        ]  # fmt: skip
        if len(tracks) > 1:
            raise EmsyncError(
                f"{path}: has pictures on {len(tracks)} video tracks; flatten them to one and "
                "export it again"
            )
        _, offset = zero_of(otio, timeline, clock)
        return _edits(otio, tracks[0], timeline, offset) if tracks else ()

    return with_timeline(path, edits)


def _edits(otio: ModuleType, track: Any, timeline: Any, offset: Fraction) -> tuple[Edit, ...]:
    found: list[Edit] = []
    pending: Any = None
    for item in track:
        if isinstance(item, otio.schema.Transition):
            pending = item
            continue
        shown = item.trimmed_range()
        begin = seconds_of(item.transformed_time(shown.start_time, timeline.tracks)) + offset
        early = mixed = Fraction(0)
        if pending is not None:
            early = seconds_of(pending.in_offset)
            mixed = early + seconds_of(pending.out_offset)
        reel, clip, first = _source(otio, item)
        plain = isinstance(item, otio.schema.Clip) and not any(
            isinstance(effect, otio.schema.TimeEffect) for effect in item.effects
        )
        found.append(
            Edit(
                reel, clip, seconds_of(shown.start_time) - early, begin - early,
                begin + seconds_of(shown.duration), mixed,
                kind_of(pending) if pending is not None else "cut", plain, first,
            )
        )  # fmt: skip
        pending = None
    return one_after_another(found)


def _source(otio: ModuleType, item: Any) -> tuple[str, str, Fraction | None]:
    """Reel, clip and the first frame of the source of an item."""
    if isinstance(item, otio.schema.Gap):
        return BLACK[0], "", None
    media = getattr(item, "media_reference", None)
    url = media.target_url if isinstance(media, otio.schema.ExternalReference) else ""
    available = media.available_range if media is not None else None
    first = seconds_of(available.start_time) if available is not None else None
    return (*source_names(url or "", item.name), first)
