"""FCPXML, the interchange format of Final Cut Pro, which Resolve writes too.

Hits are the markers and chapter markers of the timeline, and the edits of its primary storyline.
Times in FCPXML are fractions of a second and need no rate.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from engine.errors import EmsyncError, shown
from engine.files import write_atomically
from engine.hits import HitList, Kind, in_order
from engine.timecode import Clock, FrameRate, label_at, nearest_frame, rate_near
from engine.timeline.labels import clean, named_hit
from engine.timeline.shots import lay_out
from engine.timeline.text import decode

VERSION = "1.10"
BUNDLE = "Info.fcpxml"
"""The document in a bundle, a folder with the suffix .fcpxmld."""
ITEMS = {
    "asset-clip", "audition", "clip", "gap", "mc-clip", "ref-clip", "sync-clip", "title", "video",
    "audio", "spine", "live-drawing",
}  # fmt: skip
"""Elements that take time on a timeline."""


class _Found(NamedTuple):
    """A marker or an edit. start, end: on the sequence's timeline."""

    start: Fraction
    end: Fraction | None
    name: str
    kind: Kind


def read(path: Path, clock: Clock) -> HitList:
    """The hits of an FCPXML file or bundle. Raises EmsyncError for one that is damaged."""
    if path.is_dir():
        path = path / BUNDLE
    return parse(decode(path.read_bytes(), str(path)), str(path), clock)


def parse(text: str, name: str, clock: Clock) -> HitList:
    """The hits of a document; name: what errors call it. Raises EmsyncError for a damaged one."""
    root, sequence = timeline_of(text, name)
    try:
        clock, begin, offset = zero_of(root, sequence, clock)
        frame = 1 / clock.rate.fps if clock.rate is not None else Fraction(1, 23)
        found = list(_found(sequence, begin, frame))
        hits = [
            named_hit(
                each.start - offset,
                each.name,
                None if each.end is None else each.end - offset,
                each.kind,
            )
            for each in found
            if each.start >= offset
        ]
        lasts = begin + time_of(sequence, "duration") - offset
    except ValueError as error:
        raise EmsyncError(f"{name}: {error}") from error
    return HitList(in_order(hits), clock, float(lasts) if lasts > 0 else None)


def timeline_of(text: str, name: str) -> tuple[Element, Element]:
    """The document and its one sequence. Raises EmsyncError for a damaged one."""
    if "<!ENTITY" in text:
        raise EmsyncError(f"{name}: declares entities, which FCPXML does not have")
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError, RecursionError) as error:
        raise EmsyncError(f"{name}: is not whole XML ({error}); export it again") from error
    if root.tag != "fcpxml":
        raise EmsyncError(
            f"{name}: is XML of another kind ({clean(root.tag)[:40]}); export FCPXML, EDL or OTIO"
        )
    sequences = root.findall(".//project/sequence") or root.findall(".//sequence")
    if len(sequences) != 1:
        raise EmsyncError(f"{name}: has {len(sequences)} timelines; export the one to read")
    return root, sequences[0]


def zero_of(root: Element, sequence: Element, clock: Clock) -> tuple[Clock, Fraction, Fraction]:
    """The clock of a sequence, where its timeline begins, and where the film's first frame is.

    Raises ValueError for an attribute that is no time.
    """
    rate = _rate(root, sequence)
    if rate is not None:
        clock = replace(clock, rate=rate)
    begin = time_of(sequence, "tcStart")
    if clock.start is None and clock.rate is not None and begin > 0:
        clock = replace(clock, start=_label(begin, clock.rate))
    return clock, begin, clock.start_seconds if clock.start is not None else begin


def write(hits: HitList, path: Path) -> None:
    """Write the hits as a timeline of gaps: markers in them, and edits between them.

    Raises ValueError if the frame rate is unknown.
    """
    clock, rate = hits.clock, hits.clock.own_rate
    layout = lay_out(hits, rate)
    frames, zero = layout.shots[-1].end, clock.start_frame
    root = Element("fcpxml", version=VERSION)
    resources = SubElement(root, "resources")
    SubElement(resources, "format", id="r1", name="emsync", frameDuration=_text(1, rate))
    project = SubElement(root, "project", name="emsync")
    sequence = SubElement(
        project, "sequence", format="r1", duration=_text(frames, rate),
        tcStart=_text(zero, rate), tcFormat="DF" if rate.drop else "NDF",
    )  # fmt: skip
    spine = SubElement(sequence, "spine")
    for shot, markers in layout.markers_by_shot():
        if shot.transition is not None:
            SubElement(
                spine, "transition", name=_TRANSITIONS[shot.transition.kind],
                offset=_text(zero + shot.transition.first, rate),
                duration=_text(shot.transition.frames, rate),
            )  # fmt: skip
        gap = SubElement(
            spine, "gap", name="Gap", offset=_text(zero + shot.start, rate),
            start=_text(shot.start, rate), duration=_text(shot.end - shot.start, rate),
        )  # fmt: skip
        if shot.note:
            SubElement(gap, "note").text = shot.note
        for marker in markers:
            SubElement(
                gap, "marker", start=_text(marker.frame, rate),
                duration=_text(marker.frames, rate), value=marker.name,
            )  # fmt: skip
    ElementTree.indent(root)
    document = ElementTree.tostring(root, encoding="unicode")
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n'
    write_atomically(path, head + document + "\n")


def _found(sequence: Element, begin: Fraction, frame: Fraction) -> Iterator[_Found]:
    """Every marker and every edit of a sequence; frame: how long one is, in seconds."""
    yield from _markers(sequence, begin, None, frame)
    spine = sequence.find("spine")
    if spine is None:
        return
    place, pending = begin, None
    is_first = True
    waiting: list[tuple[Element, Fraction]] = []
    for item in spine:
        if item.tag == "transition":
            start = time_of(item, "offset", place)
            pending = _Found(start, start + time_of(item, "duration"), "", kind_of(item))
            continue
        if item.tag not in ITEMS:
            continue
        start = time_of(item, "offset", place)
        note = (item.findtext("note") or "").strip()
        if pending is not None:
            yield pending._replace(name=note)
        elif not is_first:
            yield _Found(start, None, note, "cut")
        place, pending, is_first = start + time_of(item, "duration"), None, False
        waiting.append((item, start))
    if pending is not None:
        # A fade at the end of the timeline.
        yield pending
    while waiting:
        item, start = waiting.pop()
        inside = time_of(item, "start")
        # What lies at ``t`` in the item's own time lies at ``t + shift`` on the timeline.
        shift = start - inside
        yield from _markers(item, shift, time_of(item, "duration", Fraction(-1)), frame)
        waiting += [
            (child, shift + time_of(child, "offset", inside))
            for child in item
            if child.tag in ITEMS and child.get("lane") is not None
        ]


def _markers(
    item: Element, shift: Fraction, lasts: Fraction | None, frame: Fraction
) -> Iterator[_Found]:
    """The markers of an item that its length shows; without a length all are shown."""
    first = time_of(item, "start")
    for marker in item:
        if marker.tag not in ("marker", "chapter-marker"):
            continue
        start = time_of(marker, "start")
        if lasts is not None and lasts >= 0 and not first <= start <= first + lasts:
            continue
        duration = time_of(marker, "duration")
        # Most programs give a moment the length of one frame.
        end = start + duration if duration > frame else None
        name = marker.get("value") or marker.get("note") or ""
        yield _Found(start + shift, None if end is None else end + shift, name, "marker")


def kind_of(transition: Element) -> Kind:
    name = (transition.get("name") or "").lower()
    if "wipe" in name:
        return "wipe"
    return "fade" if "fade" in name or "dip" in name else "dissolve"


def _rate(root: Element, sequence: Element) -> FrameRate | None:
    """The frame rate of a sequence; None if its format does not say one that has timecode."""
    for form in root.findall("./resources/format"):
        if form.get("id") == sequence.get("format") and form.get("frameDuration"):
            duration = time_of(form, "frameDuration")
            rate = rate_near(1 / duration) if duration > 0 else None
            drop = sequence.get("tcFormat") == "DF"
            return replace(rate, drop=drop) if rate is not None and rate.may_drop else rate
    return None


def _label(begin: Fraction, rate: FrameRate) -> str:
    return label_at(nearest_frame(begin, rate), rate)


def time_of(element: Element, name: str, default: Fraction = Fraction(0)) -> Fraction:
    """An attribute that is a time: ``1001/24000s``, ``5s``. Raises ValueError for another text."""
    text = element.get(name)
    if text is None:
        return default
    match = _SECONDS.fullmatch(text.strip())
    if match is None or (match[3] is not None and not int(match[3])):
        raise ValueError(f"{element.tag}: {name} {shown(text)} is not a time such as 5s")
    return Fraction(text.strip().removesuffix("s"))


def _text(frames: int, rate: FrameRate) -> str:
    """A number of frames as a time of FCPXML."""
    seconds = frames / rate.fps
    if seconds.denominator == 1:
        return f"{seconds.numerator}s"
    return f"{frames * rate.fps.denominator}/{rate.fps.numerator}s"


_SECONDS = re.compile(r"(-?\d{1,18})(\.\d{1,18}|/(\d{1,18}))?s?", re.ASCII)
_TRANSITIONS: dict[Kind, str] = {
    "dissolve": "Cross Dissolve",
    "fade": "Fade To Color",
    "wipe": "Wipe",
}
