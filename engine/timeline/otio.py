"""OpenTimelineIO's own files, and AAF by its plug-in.

Both need the extra ``otio``. Hits are the markers of the timeline, its tracks and its clips, and
the edits of its video tracks.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from engine.errors import EmsyncError
from engine.files import write_atomically
from engine.hits import KINDS, HitList, Kind, in_order
from engine.timecode import Clock, label_at, nearest_frame, rate_near
from engine.timeline import aaf
from engine.timeline.labels import named_hit
from engine.timeline.shots import lay_out

_Result = TypeVar("_Result")

BUNDLES = (".otioz", ".otiod")


def read(path: Path, clock: Clock) -> HitList:
    """The hits of an OTIO file or bundle, or of an AAF.

    Raises EmsyncError for a damaged one, and where OpenTimelineIO or its plug-in is missing.
    """
    return with_timeline(path, lambda otio, timeline: _hits(otio, timeline, clock))


def with_timeline(path: Path, use: Callable[[ModuleType, Any], _Result]) -> _Result:
    """What ``use`` makes of OpenTimelineIO and the one timeline of a file.

    Raises EmsyncError for a damaged file, and where OpenTimelineIO or its plug-in is missing.
    """
    otio = _library(path)
    try:
        if path.suffix.lower() in BUNDLES:
            found = otio.adapters.read_from_file(str(path))
        elif path.read_bytes()[:4] == aaf.MAGIC:
            found = _read_aaf(otio, path)
        else:
            text = path.read_text(encoding="utf-8-sig")
            # The library ends the whole process where JSON is nested too deeply.
            json.loads(text)
            found = otio.adapters.read_from_string(text, "otio_json")
        return use(otio, _timeline(otio, found, path))
    except EmsyncError:
        raise
    except RecursionError as error:
        raise EmsyncError(f"{path}: is nested too deeply for a timeline") from error
    except Exception as error:  # the library and its plug-ins raise whatever they come upon
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise EmsyncError(f"{path}: can't be read as a timeline ({reason})") from error


def write(hits: HitList, path: Path) -> None:
    """Write the hits as a timeline with one video track.

    Raises EmsyncError where OpenTimelineIO is missing, and ValueError if the rate is unknown.
    """
    otio = _library(path)
    clock, rate = hits.clock, hits.clock.own_rate
    fps = float(rate.fps)

    def time(frames: int) -> Any:
        return otio.opentime.RationalTime(frames, fps)

    def span(start: int, end: int) -> Any:
        return otio.opentime.TimeRange(time(start), time(end - start))

    layout = lay_out(hits, rate)
    timeline = otio.schema.Timeline("emsync", global_start_time=time(clock.start_frame))
    # OTIO itself does not tell drop-frame from non-drop.
    timeline.metadata["emsync"] = {"frame rate": str(rate)}
    track = otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
    timeline.tracks.append(track)
    for number, shot in enumerate(layout.shots, start=1):
        if shot.transition is not None:
            first, frames = shot.transition.first, shot.transition.frames
            track.append(
                otio.schema.Transition(
                    transition_type=_TRANSITIONS[shot.transition.kind],
                    in_offset=time(shot.start - first),
                    out_offset=time(first + frames - shot.start),
                )
            )
        note = {"hit": shot.note} if shot.note else {}
        clip = otio.schema.Clip(
            f"shot {number}", source_range=span(shot.start, shot.end), metadata={"emsync": note}
        )
        track.append(clip)
    for each in layout.markers:
        marked = span(each.frame, each.frame + each.frames)
        timeline.tracks.markers.append(otio.schema.Marker(name=each.name, marked_range=marked))
    write_atomically(path, otio.adapters.write_to_string(timeline, "otio_json") + "\n")


def _library(path: Path) -> ModuleType:
    """OpenTimelineIO. Raises EmsyncError where it is missing."""
    try:
        import opentimelineio
    except ModuleNotFoundError as error:
        raise EmsyncError(
            f"{path}: needs OpenTimelineIO; pip install 'emsync-bridge[otio]', or export an EDL"
        ) from error
    found: ModuleType = opentimelineio
    return found


def _read_aaf(otio: ModuleType, path: Path) -> Any:
    if "AAF" not in otio.adapters.available_adapter_names():
        raise EmsyncError(
            f"{path}: needs the AAF plug-in of OpenTimelineIO; pip install 'emsync-bridge[otio]', "
            "or export an EDL"
        )
    # The plug-in logs what it leaves out.
    logging.getLogger("otio_aaf_adapter").setLevel(logging.ERROR)
    found = otio.adapters.read_from_file(str(path), adapter_name="AAF")
    if isinstance(found, otio.schema.Timeline):
        found.metadata["emsync"] = aaf.read_own(path)
    return found


def _timeline(otio: ModuleType, found: Any, path: Path) -> Any:
    """The one timeline of what a file holds."""
    if isinstance(found, otio.schema.Timeline):
        return found
    timelines = []
    if isinstance(found, otio.schema.SerializableCollection):
        timelines = [each for each in found if isinstance(each, otio.schema.Timeline)]
    if len(timelines) != 1:
        raise EmsyncError(f"{path}: has {len(timelines)} timelines; export the one to read")
    return timelines[0]


def _hits(otio: ModuleType, timeline: Any, clock: Clock) -> HitList:
    """The hits of a timeline."""
    stack = timeline.tracks
    clock, offset = zero_of(otio, timeline, clock)
    hits = [
        named_hit(start + offset, name, None if end is None else end + offset, kind)
        for start, end, name, kind in (*_markers(otio, stack), *_edits(otio, timeline))
        if start + offset >= 0
    ]
    lasts = seconds_of(stack.duration()) + offset if len(stack) else Fraction(0)
    return HitList(in_order(hits), clock, float(lasts) if lasts > 0 else None)


def zero_of(otio: ModuleType, timeline: Any, clock: Clock) -> tuple[Clock, Fraction]:
    """The clock of a timeline, and where it begins, in seconds from the film's first frame."""
    stack = timeline.tracks
    begin = timeline.global_start_time
    rates = (
        begin.rate if begin is not None else None,
        *(item.duration().rate for item in stack.find_children() if _has_time(otio, item)),
    )
    rate = next((found for r in rates if r and (found := rate_near(r)) is not None), None)
    if rate is not None:
        own = _own(timeline)
        stated = own.get("frame rate") == str(replace(rate, drop=rate.may_drop))
        asked = clock.rate is not None and clock.rate.drop
        drop = rate.may_drop and (stated or asked or own.get("drop") is True)
        clock = replace(clock, rate=replace(rate, drop=drop))
    zero = Fraction(0) if begin is None else seconds_of(begin)
    if clock.start is None and clock.rate is not None and zero > 0:
        clock = replace(clock, start=label_at(nearest_frame(zero, clock.rate), clock.rate))
    offset = zero - clock.start_seconds if clock.start is not None else Fraction(0)
    return clock, offset


_Found = tuple[Fraction, Fraction | None, str, Kind]


def _markers(otio: ModuleType, stack: Any) -> Iterator[_Found]:
    """The markers that the timeline shows: start, end, name and kind."""
    for item in (stack, *stack.find_children()):
        if not isinstance(item, otio.core.Item):
            continue
        shown = item.trimmed_range() if item is not stack else None
        for marker in item.markers:
            start = marker.marked_range.start_time
            inside = shown is None or shown.start_time <= start <= shown.end_time_exclusive()
            if not inside:
                continue
            at = seconds_of(item.transformed_time(start, stack))
            # Most programs give a moment the length of one frame.
            duration = marker.marked_range.duration
            end = at + seconds_of(duration) if duration.value > 1 else None
            name = marker.name or getattr(marker, "comment", "")
            if in_aaf := _inner(marker.metadata, "AAF"):
                # The plug-in names a marker without a comment after its class.
                name = str(in_aaf.get("Comment") or "")
            yield at, end, name, "marker"


def _edits(otio: ModuleType, timeline: Any) -> Iterator[_Found]:
    """Where the picture changes, on any video track; edits at one time count once."""
    found: dict[Fraction, _Found] = {}
    for track in timeline.video_tracks():
        pending = None
        for place, item in enumerate(track):
            if isinstance(item, otio.schema.Transition):
                pending = item
                continue
            if not isinstance(item, otio.core.Item):
                continue
            begin = item.trimmed_range().start_time
            time = item.transformed_time(begin, timeline.tracks)
            at = seconds_of(time)
            own = _own(item) or _inner(timeline.metadata, "emsync", "edits", f"{time.value:.0f}")
            name = str(own.get("hit", ""))
            if pending is not None:
                start = at - seconds_of(pending.in_offset)
                kind = next((k for k in KINDS if k == own.get("kind")), kind_of(pending))
                found[at] = (start, at + seconds_of(pending.out_offset), name, kind)
            elif place:
                found.setdefault(at, (at, None, name, "cut"))
            pending = None
    yield from found.values()


def _own(item: Any) -> dict[str, Any]:
    """What emsync wrote about an object."""
    return _inner(item.metadata, "emsync")


def _inner(metadata: Any, *names: str) -> dict[str, Any]:
    """The dictionary at a path of names; empty if there is none."""
    for name in names:
        metadata = metadata.get(name) if hasattr(metadata, "get") else None
    return dict(metadata) if hasattr(metadata, "items") else {}


def _has_time(otio: ModuleType, item: Any) -> bool:
    return isinstance(item, otio.schema.Clip | otio.schema.Gap)


def kind_of(transition: Any) -> Kind:
    operation = _inner(transition.metadata, "AAF", "OperationGroup", "Operation").get("Name", "")
    name = f"{transition.transition_type} {transition.name} {operation}".lower()
    if "wipe" in name:
        return "wipe"
    return "fade" if "fade" in name or "dip" in name else "dissolve"


def seconds_of(time: Any) -> Fraction:
    """A time in seconds, exact where it is a whole number of frames of a known rate."""
    rate = rate_near(time.rate)
    value = Fraction(time.value)
    if rate is None or value.denominator != 1:
        return value / Fraction(time.rate)
    return value / rate.fps


_TRANSITIONS: dict[Kind, str] = {"dissolve": "SMPTE_Dissolve", "fade": "Fade", "wipe": "SMPTE_Wipe"}
