"""Edit decision lists (CMX 3600), with markers as Resolve and Avid write them.

Hits are the edits on the record side: a cut, or a dissolve, fade or wipe from its first to its last
frame. A one-frame event with ``|M:`` below it is a marker of Resolve, and ``* LOC:`` one of Avid.
An EDL does not say its frame rate.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from engine.errors import EmsyncError, shown
from engine.files import write_atomically
from engine.hits import Hit, HitList, Kind, in_order
from engine.timecode import Clock, frame_at, label_at
from engine.timeline.labels import named_hit
from engine.timeline.shots import Layout, lay_out
from engine.timeline.text import decode

BLACK = ("BL", "BLACK")
"""Reels that are black, so that a dissolve from or to them is a fade."""

LONGEST_LINE = 1000
"""Characters of the longest line that can be an event."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A piece of a source on the timeline. All times are seconds.

    reel, clip: the reel and the file name of the source; the name is empty where the list has none.
    source: where it begins there, counted from timecode zero. start, end: on the record side, from
    the film's first frame. mixed: how long it is mixed with the edit before, by the transition
    ``kind``. is_real_time: whether it has its own speed. first: the timecode of the source's first
    frame; None where the list does not say, as an EDL.
    """

    reel: str
    clip: str
    source: Fraction
    start: Fraction
    end: Fraction
    mixed: Fraction
    kind: Kind
    is_real_time: bool
    first: Fraction | None = None


@dataclass(slots=True)
class _Event:
    """One line of an EDL. start, end: on the record side, in seconds of the film. source: its first
    and last time on the source side, from timecode zero."""

    row: int
    reel: str
    transition: str
    length: Fraction
    start: Fraction
    end: Fraction
    is_picture: bool
    source: tuple[Fraction, Fraction] | None = None
    clip: str = ""
    label: str = ""
    marker: str | None = None
    lasts: Fraction = Fraction(0)
    locators: list[tuple[Fraction, str]] = field(default_factory=list)


def looks_like(text: str) -> bool:
    """Whether a text is an EDL."""
    return _EDL.search(text[:10_000]) is not None


def read(path: Path, clock: Clock) -> HitList:
    """The hits of an EDL. Raises EmsyncError that names the wrong line."""
    return parse(decode(path.read_bytes(), str(path)), str(path), clock)


def parse(text: str, name: str, clock: Clock) -> HitList:
    """The hits of an EDL; name: what errors call it. Raises EmsyncError for a wrong line."""
    events, now = _events(text, name, clock)
    edits = [event for event in events if event.marker is None and event.is_picture]
    hits: list[Hit] = []
    for event, begin, end, text_of, kind in _found(events, edits):
        # What lies before the film, such as bars and a countdown, is none of it.
        if begin >= 0:
            try:
                hits.append(named_hit(begin, text_of, end, kind))
            except ValueError as error:
                raise EmsyncError(f"{name}, line {event.row}: {error}") from error
    last = max((event.end for event in edits), default=None)
    return HitList(in_order(hits), now, None if last is None or last <= 0 else float(last))


def read_edits(path: Path, clock: Clock) -> tuple[Edit, ...]:
    """The picture edits of an EDL, in their order on the timeline.

    clock: its rate is that of the list. If it has no start, the timeline begins with the first
    edit. Raises EmsyncError for a file that can't be read, and for a wrong line.
    """
    try:
        content = decode(path.read_bytes(), str(path))
        if not looks_like(content):
            raise EmsyncError(f"{path}: is no EDL (CMX 3600)")
        events, _ = _events(content, str(path), clock)
    except OSError as error:
        raise EmsyncError(f"{path}: can't be read ({error.strerror}); check the path") from error
    except ValueError as error:
        raise EmsyncError(f"{path}: {error}") from error
    pictures = [event for event in events if event.marker is None and event.is_picture]
    # A dissolve is two lines, the first of no length.
    pictures.sort(key=lambda event: event.start)
    zero = Fraction(0) if clock.start is not None else min((e.start for e in pictures), default=0)
    return tuple(_edit(event, Fraction(zero)) for event in pictures)


def _edit(event: _Event, zero: Fraction) -> Edit:
    lasts = event.end - event.start
    begin, until = event.source or (Fraction(-1), Fraction(-1))
    kind = _KINDS.get(event.transition, "wipe")
    # Source times of another rate can't be compared frame by frame.
    real = event.source is not None and abs(until - begin - lasts) < Fraction(1, 100)
    return Edit(
        event.reel, event.clip, begin, event.start - zero, event.end - zero,
        min(event.length, lasts), kind, real,
    )  # fmt: skip


def _events(text: str, name: str, clock: Clock) -> tuple[list[_Event], Clock]:
    """The events of an EDL, and the clock of its last lines. Raises EmsyncError for wrong lines."""
    events: list[_Event] = []
    now = clock
    for row, line in enumerate(text.splitlines(), start=1):
        try:
            if match := _FCM.match(line):
                now = _counted(clock, drop=match[1] is None)
            elif re.match(r"\s*\d{3,}\s+\S", line):
                events.append(_event(row, line, now))
            elif events:
                _comment(events[-1], line, now)
        except ValueError as error:
            raise EmsyncError(f"{name}, line {row}: {error}") from error
    return events, now


def write(hits: HitList, path: Path) -> None:
    """Write the hits as an EDL: markers as Resolve imports them, or as locators of the edits.

    Raises ValueError if the frame rate is unknown.
    """
    rate = hits.clock.own_rate
    lines = ["TITLE: emsync", f"FCM: {'DROP FRAME' if rate.drop else 'NON-DROP FRAME'}", ""]
    layout = lay_out(hits, rate)

    def label(frame: int) -> str:
        return label_at(hits.clock.start_frame + frame, rate)

    lines += _cut_list(layout, label) if len(layout.shots) > 1 else _marker_list(layout, label)
    write_atomically(path, "\n".join(lines) + "\n")


def _event(row: int, line: str, clock: Clock) -> _Event:
    match = _EVENT.fullmatch(line.rstrip()) if len(line) <= LONGEST_LINE else None
    if match is None:
        raise ValueError(f"{shown(line, 60)} is no event of a CMX 3600 EDL")
    times = match["times"].split()
    # The source side may be in another rate.
    start, end = (clock.from_start(time) for time in times[2:])
    if end < start:
        raise ValueError(f"the record side ends at {times[3]}, before it begins at {times[2]}")
    length = Fraction(int(match["length"] or 0)) / clock.own_rate.fps
    channel = match["channel"].upper()
    picture = channel[0] in "VB" or channel == "NONE" or "/V" in channel
    transition = match["transition"][0].upper()
    source = _source(times[:2], clock)
    return _Event(row, match["reel"].upper(), transition, length, start, end, picture, source)


def _source(times: Sequence[str], clock: Clock) -> tuple[Fraction, Fraction] | None:
    """The times of the source side, from timecode zero; None where the clock's rate lacks them."""
    try:
        begin, until = (frame_at(time, clock.own_rate) / clock.own_rate.fps for time in times)
    except ValueError:
        return None
    return begin, until


def _comment(event: _Event, line: str, clock: Clock) -> None:
    """Take what a line below an event says about it."""
    if marker := _RESOLVE.search(line):
        event.marker = marker["label"].strip()
        event.lasts = Fraction(0)
        frames = int(marker["frames"] or 1)
        if frames > 1:
            event.lasts = frames / clock.own_rate.fps
    elif locator := _LOCATOR.match(line):
        event.locators.append((clock.from_start(locator[1]), locator[2] or ""))
    elif comment := _COMMENT.match(line):
        event.label = comment[1]
    elif clip := _CLIP.match(line):
        event.clip = clip[1].strip()


def _found(events: Sequence[_Event], edits: Sequence[_Event]) -> Iterator[_Found]:
    """Markers and edits: the event, begin, end, name and kind of each."""
    for event in events:
        for seconds, label in event.locators:
            yield event, seconds, None, label, "marker"
        if event.marker is not None:
            yield event, event.start, event.start + event.lasts, event.marker, "marker"
    found: dict[Fraction, _Found] = {}
    first = covered = max(Fraction(0), min((event.start for event in edits), default=Fraction(0)))
    reel = ""
    for event in sorted(edits, key=lambda event: event.start):
        if event.start > covered > first:
            # A gap: the picture is cut to black.
            found.setdefault(covered, (event, covered, None, "", "cut"))
        kind = _KINDS.get(event.transition)
        if kind == "dissolve" and (event.reel in BLACK or reel in BLACK):
            kind = "fade"
        if kind == "cut" and event.start > first:
            # It may be the first line of a dissolve, which has a cut of no length.
            found.setdefault(event.start, (event, event.start, None, event.label, kind))
        elif kind not in (None, "cut"):
            end = event.start + event.length
            found[event.start] = (event, event.start, end, event.label, kind)
        covered, reel = max(covered, event.end), event.reel
    yield from found.values()


def _counted(clock: Clock, drop: bool) -> Clock:
    """The clock of the lines after an FCM line."""
    if clock.rate is None:
        return clock
    if drop and not clock.rate.may_drop:
        raise ValueError(
            f"the list is drop-frame, which {clock.rate} frames a second do not have; give another "
            "frame rate"
        )
    return replace(clock, rate=replace(clock.rate, drop=drop))


def _cut_list(layout: Layout, label: Callable[[int], str]) -> Iterator[str]:
    """Events that meet at the edits, with the markers as locators."""
    # On the record side a transition begins with its first frame.
    starts = [shot.transition.first if shot.transition else shot.start for shot in layout.shots]
    ends = [*starts[1:], layout.shots[-1].end]
    of_shots = layout.markers_by_shot()
    for number, (start, end, (shot, markers)) in enumerate(
        zip(starts, ends, of_shots, strict=True), start=1
    ):
        head, sign = f"{number:03}  {'AX':<8} V", "C"
        if shot.transition is not None:
            still = f"{label(start)} {label(start)}"
            yield f"{head}     C        {still} {still}"
            sign = f"{_SIGNS[shot.transition.kind]:<4} {shot.transition.frames:03}"
        times = f"{label(start)} {label(max(start, end))}"
        yield f"{head}     {sign:<8} {times} {times}"
        note = shot.note
        if shot.transition is not None and shot.transition.kind == "fade":
            note = f"{note[:-1]}, fade]" if note.endswith("]") else f"{note} [fade]".strip()
        if note:
            yield f"* COMMENT: {note}"
        for marker in markers:
            yield f"* LOC: {label(marker.frame)} BLUE    {marker.full_name}"


def _marker_list(layout: Layout, label: Callable[[int], str]) -> Iterator[str]:
    """An event of one frame for each marker, as Resolve writes and imports them."""
    for number, marker in enumerate(layout.markers, start=1):
        times = f"{label(marker.frame)} {label(marker.frame + 1)}"
        yield f"{number:03}  001      V     C        {times} {times}"
        yield f" |C:ResolveColorBlue |M:{marker.name.replace('|', '/')} |D:{marker.frames}"
        yield ""


_KINDS: dict[str, Kind] = {"C": "cut", "D": "dissolve", "W": "wipe"}
_SIGNS: dict[Kind, str] = {"dissolve": "D", "fade": "D", "wipe": "W001"}
_Found = tuple[_Event, Fraction, Fraction | None, str, Kind]
_EDL = re.compile(
    r"^(?:TITLE:|FCM:|\s*\d{3,}\s+\S+\s+\S+\s+(?:C|D|W\d*|K\w?)\s.*\d\d[:;]\d\d[:;]\d\d[:;]\d\d)",
    re.MULTILINE,
)
_FCM = re.compile(r"\s*FCM:\s*(NON[- ])?DROP", re.IGNORECASE)
_TIMECODE = r"\d\d[:;]\d\d[:;]\d\d[:;]\d\d"
_EVENT = re.compile(
    r"\s*\d{3,}\s+(?P<reel>\S.*?)\s+(?P<channel>[ABVN][A-Z0-9/]*)\s+"
    r"(?P<transition>C|D|W\d{0,3}|K(?:\s?[BO])?)"
    rf"(?:\s+(?P<length>\d{{1,6}}))?\s+(?:F\s+)?(?P<times>{_TIMECODE}(?:\s+{_TIMECODE}){{3}})\s*",
    re.ASCII | re.IGNORECASE,
)
_RESOLVE = re.compile(r"\|M:(?P<label>[^|]*)(?:\|D:\s*(?P<frames>\d{1,9}))?")
_LOCATOR = re.compile(
    rf"\s*\*\s*LOC:\s*({_TIMECODE})"
    r"(?:\s+(?:RED|GREEN|BLUE|CYAN|MAGENTA|YELLOW|ORANGE|PURPLE|PINK|BLACK|WHITE)\b)?(?:\s+(.*))?",
    re.ASCII | re.IGNORECASE,
)
_CLIP = re.compile(r"\s*\*\s*(?:FROM|TO) CLIP NAME:\s*(.*)", re.IGNORECASE)
_COMMENT = re.compile(r"\s*\*\s*COMMENT:\s*(.*)")
