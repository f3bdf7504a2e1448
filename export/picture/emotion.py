"""The lane of a film's emotion: valence and arousal of each section, as steps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from xml.etree.ElementTree import Element

from engine.emotion.words import word_of
from engine.section import Section
from export.picture import svg
from export.picture.rows import LEFT, Row, fitting

HEIGHT = 44
"""Pixels of the lane."""
_SWING = 0.42
"""The share of the lane by which a value of 1 lies above its middle."""
_FREE = 0.4
"""A line this far from the middle leaves room for a word on its other side."""


def draw_emotion(element: Element, row: Row, sections: Sequence[Section], top: float) -> None:
    """Draw the lane of a row, ``top`` pixels below its own. Unknown values are left out."""
    svg.rectangle(element, LEFT, top, row.x(row.end) - LEFT, HEIGHT, "emotion-lane")
    middle = top + HEIGHT / 2
    svg.text(element, 8, middle - 2, "Emotion")
    svg.text(element, 8, middle + 11, "-1 to 1", "small")
    svg.horizontals(element, [(LEFT, middle, row.x(row.end) - LEFT)], "beats")
    inside = [each for each in sections if each.start < row.end and each.end > row.start]
    for name in ("valence", "arousal"):
        strokes = [
            (
                row.x(each.start),
                middle - _SWING * HEIGHT * value,
                row.x(each.end) - row.x(each.start),
            )
            for each in inside
            if not math.isnan(value := getattr(each, name))
        ]
        svg.horizontals(element, strokes, name)
    known = [each for each in inside if not math.isnan(each.valence + each.arousal)]
    words = [(row.x(each.start), word_of(each)) for each in known]
    heights = {row.x(each.start): _free(each) for each in known}
    for x, word in fitting(words):
        svg.text(element, x + 3, top + heights.get(x, 0.5) * HEIGHT + 3, word, "small emotion")


def _free(section: Section) -> float:
    """Where no line runs, as a share of the lane from its top."""
    low, high = sorted((section.valence, section.arousal))
    if low > -_FREE:
        return 0.85
    return 0.15 if high < _FREE else 0.5
