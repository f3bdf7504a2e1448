"""The marks of boundaries: a line across the lanes with a sign on top."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from export.picture import svg
from export.picture.timeline import Meeting, Timeline

SIZE = 10
"""Pixels of a sign."""
WORDS = {
    Meeting.BAR_LINE: "boundary on a bar line",
    Meeting.BEAT: "boundary on a beat",
    Meeting.MISSED: "boundary on no beat",
}


def boundary(
    element: Element, x: float, seconds: float, timeline: Timeline, top: float, height: float
) -> None:
    """Draw a boundary at ``x`` over ``height`` pixels from ``top`` on, with its sign above."""
    meeting = timeline.meeting(seconds)
    bar = timeline.nearest_bar(seconds)
    late = seconds - timeline.bars[bar - 1]
    words = f"{WORDS[meeting]}, at {seconds:.3f} s; bar line {bar} {late:+.3f} s"
    mark = svg.group(element, f"cue {meeting.value.replace(' ', '-')}", words)
    svg.verticals(mark, [x], top, height, "boundary")
    sign(mark, x, top - SIZE - 1, meeting)


def sign(element: Element, x: float, top: float, meeting: Meeting) -> None:
    """A triangle, filled for a bar line and open for a beat, or a cross for a missed boundary."""
    half = SIZE / 2
    left, right = f"{x - half:.1f} {top:g}", f"{x + half:.1f} {top:g}"
    if meeting is Meeting.MISSED:
        svg.path(element, f"M{left}l{SIZE} {SIZE}M{right}l-{SIZE} {SIZE}", "mark")
    else:
        name = "mark on" if meeting is Meeting.BAR_LINE else "mark"
        svg.path(element, f"M{left}h{SIZE}L{x:.1f} {top + SIZE:g}z", name)
