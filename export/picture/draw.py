"""Draws a piece against its film: bars, boundaries, chords, and every part as a piano roll."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from xml.etree.ElementTree import Element

from engine.cues import CueSheet
from engine.plan.plan import Plan
from engine.score import Instrument, Score
from export.picture import marks, svg
from export.picture.notes import lane
from export.picture.panel import Content, Labels, draw_row
from export.picture.rows import LEFT, LETTER, WIDTH, wrap
from export.picture.timeline import (
    Meeting,
    Timeline,
    plan_timeline,
    score_timeline,
    tempo_text,
)

HEAD, GAP = 66, 20
"""Pixels of the legend, and between two rows."""


def draw(
    score: Score,
    cues: CueSheet,
    chords: Labels = (),
    sections: Labels = (),
    tiles: Sequence[bytes] = (),
) -> str:
    """A picture of a score against its film, as the text of an SVG file.

    chords: chord symbols, and the seconds from the score's zero at which they begin. sections: the
    same for the names of phrases or sections. Equal neighbours are written once. tiles: JPEG files
    of the film strip, each for an equal part of the film; none leaves the strip out.

    Five lanes are the parts: pitch is height, and velocity is opacity. Below them stand valence and
    arousal of the film's sections, each from -1 to 1, with the word nearest to both. Above a
    boundary stands a triangle. It is filled where a bar line lies within 1/30 s, and open where
    only a beat does. A cross stands above a missed boundary. Rows are up to about 40 s long. A film
    of more than 16 minutes has 24 longer rows, with fewer labels and with notes joined that one
    pixel can't show.
    """
    content = Content(
        score_timeline(score),
        cues.boundaries,
        _changes(chords),
        _changes(sections),
        tuple(lane(instrument, score.part(instrument)) for instrument in Instrument),
        cues.sections,
        tuple(tiles),
    )
    return _picture(content, max(score.duration, cues.duration))


def draw_beats(
    plan: Plan, boundaries: Sequence[float], chords: Labels = (), sections: Labels = ()
) -> str:
    """The picture of :func:`draw` before there are notes: a plan's bars, beats and tempi.

    boundaries: in seconds. chords, sections: as for :func:`draw`. The shade changes where the tempo
    does.
    """
    timeline = plan_timeline(plan)
    return _picture(
        Content(timeline, tuple(boundaries), _changes(chords), _changes(sections), ()),
        plan.duration,
    )


def summary(timeline: Timeline, boundaries: Sequence[float]) -> str:
    """A piece in one line: its length, bars, tempi, and how the boundaries are met."""
    tempi = [tempo for _, tempo in timeline.tempi]
    tempo = tempo_text(min(tempi))
    if tempo_text(max(tempi)) != tempo:
        tempo = f"{tempo} to {tempo_text(max(tempi))}"
    bars = "1 bar" if len(timeline.bars) == 1 else f"{len(timeline.bars)} bars"
    usual = "mostly" if len(timeline.signatures) > 1 else "in"
    met = [timeline.meeting(seconds) for seconds in boundaries]
    return (
        f"{timeline.duration:.1f} s, {bars} {usual} {timeline.usual_signature}, "
        f"{tempo} bpm. Boundaries: {met.count(Meeting.BAR_LINE)} on a bar line, "
        f"{met.count(Meeting.BEAT)} on a beat, {met.count(Meeting.MISSED)} missed."
    )


def _picture(content: Content, duration: float) -> str:
    rows = wrap(duration, content.timeline.bars)
    about = summary(content.timeline, content.boundaries)
    root = svg.picture(WIDTH, HEAD + len(rows) * (content.height + GAP), about)
    _legend(root, about, bool(content.lanes))
    for number, row in enumerate(rows):
        element = svg.group(root, "row")
        element.set("transform", f"translate(0 {HEAD + number * (content.height + GAP):g})")
        draw_row(element, row, content)
    return svg.write(root)


def _legend(root: Element, about: str, with_notes: bool) -> None:
    svg.text(root, LEFT, 20, about, "strong")
    x = float(LEFT)
    for meeting, words in marks.WORDS.items():
        marks.sign(root, x + marks.SIZE / 2, 33, meeting)
        svg.text(root, x + marks.SIZE + 6, 42, words)
        x += marks.SIZE + 30 + LETTER * len(words)
    if with_notes:
        words = "in a lane: height is pitch, opacity is velocity. Emotion: valence solid, "
        svg.text(root, x, 42, words + "arousal dashed", "small")


def _changes(labels: Labels) -> Labels:
    """The labels that differ from the one before."""
    return [next(same) for _, same in groupby(labels, lambda label: label[1])]
