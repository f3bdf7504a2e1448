"""One row of a picture: lanes with bars, beats, notes and boundaries, texts above, times below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from xml.etree.ElementTree import Element

from engine.section import Section
from export.picture import emotion as emotion_lane
from export.picture import film_strip, marks, svg
from export.picture.notes import Lane
from export.picture.rows import LEFT, Row, fitting, stride
from export.picture.timeline import Timeline, tempo_text

Labels = Sequence[tuple[float, str]]
"""Seconds from the score's zero, rising, each with a text."""

LINE, LANE_GAP, STRIP = 15, 4, 26
"""Pixels of a line of text, between two lanes, and of a row without notes."""
BARS_APART, BEATS_APART, NUMBERS_APART, TIMES_APART = 8, 5, 28, 60
"""The fewest pixels between two bar lines, beats, bar numbers and times."""
_TIME_STEPS = (1, 2, 5, 10, 30, 60, 300, 600, 1800, 3600, 86400)


@dataclass(frozen=True, slots=True)
class Content:
    """All that a picture shows.

    boundaries: in seconds. lanes: none for a picture without notes. emotion: the film's sections;
    none for a picture without them. tiles: JPEG files of the film strip, each for an equal part.
    """

    timeline: Timeline
    boundaries: tuple[float, ...]
    chords: Labels
    sections: Labels
    lanes: tuple[Lane, ...]
    emotion: tuple[Section, ...] = ()
    tiles: tuple[bytes, ...] = ()

    @property
    def head(self) -> float:
        """Pixels of what stands above a row's lanes: labels, bar numbers and signs."""
        return LINE * (2 + bool(self.chords) + bool(self.sections)) + marks.SIZE

    @property
    def body(self) -> float:
        """Pixels of a row's lanes."""
        lanes = sum(lane.height + LANE_GAP for lane in self.lanes)
        emotion = emotion_lane.HEIGHT + LANE_GAP if self.emotion else 0
        return self.strip + (lanes - LANE_GAP if lanes else STRIP) + emotion

    @property
    def strip(self) -> float:
        """Pixels of the film strip, with the gap below."""
        return film_strip.HEIGHT + LANE_GAP if self.tiles else 0

    @property
    def height(self) -> float:
        """Pixels of a row, with the times below."""
        return self.head + self.body + LINE


def draw_row(element: Element, row: Row, content: Content) -> None:
    """Draw one row into an empty group."""
    top, body = content.head, content.body
    if content.tiles:
        film_strip.draw_strip(element, row, content.tiles, content.timeline.duration, top)
    first = top + content.strip
    tops = list(accumulate((lane.height + LANE_GAP for lane in content.lanes), initial=first))
    for lane, y in zip(content.lanes, tops, strict=False):
        svg.rectangle(element, LEFT, y, row.x(row.end) - LEFT, lane.height, "lane")
        _lane_name(element, lane, y)
    if not content.lanes:
        _stretches(element, row, content.timeline, first)
    if content.emotion:
        lane_top = top + body - emotion_lane.HEIGHT
        emotion_lane.draw_emotion(element, row, content.emotion, lane_top)
    _bars_and_beats(element, row, content.timeline, first, body - content.strip, top)
    for lane, y in zip(content.lanes, tops, strict=False):
        _notes(element, lane, row, y)
    _texts(element, row, content)
    for seconds in content.boundaries:
        if row.holds(seconds):
            marks.boundary(element, row.x(seconds), seconds, content.timeline, top, body)
    _times(element, row, top + body)


def _lane_name(element: Element, lane: Lane, y: float) -> None:
    name, middle = lane.instrument.value, y + lane.height / 2
    svg.rectangle(element, LEFT - 6, y, 4, lane.height, f"{name}-key")
    svg.text(element, 8, middle - 2 if lane.label else middle + 4, name.capitalize())
    if lane.label:
        svg.text(element, 8, middle + 11, lane.label, "small")


def _stretches(element: Element, row: Row, timeline: Timeline, top: float) -> None:
    """A shade that changes with the tempo."""
    starts = [seconds for seconds, _ in timeline.tempi]
    ends = [*starts[1:], max(timeline.duration, row.end)]
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        if start < row.end and end > row.start:
            shade = "other" if number % 2 else "lane"
            svg.rectangle(element, row.x(start), top, row.x(end) - row.x(start), STRIP, shade)


def _bars_and_beats(
    element: Element, row: Row, timeline: Timeline, top: float, height: float, head: float
) -> None:
    """Lines from ``top`` on, and the numbers of bars above ``head``."""
    beats = [row.x(beat) for beat in timeline.beats if row.holds(beat)]
    if stride(beats, BEATS_APART) == 1:
        svg.verticals(element, beats, top, height, "beats")
    bars = [(row.x(bar), number) for number, bar in enumerate(timeline.bars) if row.holds(bar)]
    places = [x for x, _ in bars]
    every = stride(places, BARS_APART)
    shown = [x for x, number in bars if number % every == 0]
    svg.verticals(element, shown, top, height, "bars")
    every = stride(places, NUMBERS_APART)
    numbers = [(x + 2, str(number + 1)) for x, number in bars if number % every == 0]
    for x, number in fitting(numbers):
        svg.text(element, x, head - marks.SIZE - 3, number, "small bar-number")


def _notes(element: Element, lane: Lane, row: Row, top: float) -> None:
    for opacity, strokes in lane.strokes(row):
        shifted = ((x, top + y, length) for x, y, length in strokes)
        path = svg.horizontals(element, shifted, f"notes {lane.instrument.value}")
        path.set("stroke-width", f"{lane.thickness:.3g}")
        path.set("stroke-opacity", f"{opacity:g}")


def _texts(element: Element, row: Row, content: Content) -> None:
    """Above the bar numbers: chords, then tempi and time signatures, then sections."""
    baseline = content.head - marks.SIZE - LINE - 3
    if content.chords:
        _labels(element, row, _from_start(row, content.chords), baseline, "chord")
        baseline -= LINE
    _labels(element, row, _tempo_labels(content.timeline), baseline, "tempo")
    if content.sections:
        labels = _from_start(row, content.sections)
        _labels(element, row, labels, baseline - LINE, "strong section")


def _labels(element: Element, row: Row, labels: Labels, baseline: float, name: str) -> None:
    for x, label in fitting((row.x(at), label) for at, label in labels if row.holds(at)):
        svg.text(element, x, baseline, label, name)


def _from_start(row: Row, labels: Labels) -> Labels:
    """The labels of a row; the one that holds at its start is repeated there."""
    before = [label for at, label in labels if at <= row.start]
    after = [(at, label) for at, label in labels if row.start < at < row.end]
    return [*((row.start, label) for label in before[-1:]), *after]


def _tempo_labels(timeline: Timeline) -> Labels:
    """Tempi and time signatures; those of one time in one label."""
    found: dict[float, list[str]] = {}
    for at, tempo in timeline.tempi:
        found.setdefault(round(at, 3), []).append(f"{tempo_text(tempo)} bpm")
    for at, signature in timeline.signatures:
        found.setdefault(round(at, 3), []).append(signature)
    return [(at, ", ".join(found[at])) for at in sorted(found)]


def _times(element: Element, row: Row, top: float) -> None:
    """The film's time below the lanes."""
    step = next((s for s in _TIME_STEPS if s * row.scale >= TIMES_APART), _TIME_STEPS[-1])
    first = -int(-row.start // step)
    times = [number * step for number in range(first, int(row.end // step) + 1)]
    svg.verticals(element, map(row.x, times), top, 3, "bars")
    for seconds in times:
        svg.text(element, row.x(seconds), top + LINE - 2, _clock(seconds), "small time")


def _clock(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
