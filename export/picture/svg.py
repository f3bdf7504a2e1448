"""Elements of SVG, and the style of the pictures: for a screen, light or dark, and for print."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from engine.score import Instrument

PALETTE = {
    Instrument.BASS: ("#0072b2", "#56b4e9"),
    Instrument.DRUMS: ("#b34e00", "#e07a2f"),
    Instrument.GUITAR: ("#007f5f", "#2bc49a"),
    Instrument.PIANO: ("#a8467e", "#dd8fbb"),
    Instrument.STRINGS: ("#b07d00", "#f0c040"),
}
"""Colours on white and on black. They are those of Okabe and Ito (2008), which people with any kind
of colour blindness can tell apart, made darker for thin strokes on white."""

_LIGHT = """
text { font: 11px "DejaVu Sans", "Segoe UI", Helvetica, sans-serif; fill: #1a1a1a; }
.small { font-size: 10px; fill: #5a5a5a; }
.time { text-anchor: middle; }
.strong { font-weight: bold; }
.page { fill: #ffffff; }
.lane, .emotion-lane { fill: #f5f5f5; }
.other { fill: #e6e6e6; }
.beats { stroke: #dcdcdc; stroke-width: 0.6; }
.bars { stroke: #9a9a9a; stroke-width: 1; }
.boundary { stroke: #000000; stroke-width: 1.6; }
.missed .boundary { stroke-dasharray: 5 3; }
.mark { stroke: #000000; stroke-width: 1.3; fill: none; }
.on { fill: #000000; }
.notes { fill: none; }
.valence, .arousal { stroke: #1a1a1a; stroke-width: 2; fill: none; }
.arousal { stroke-dasharray: 6 3; }
"""
_DARK = """
text { fill: #e6e6e6; }
.small { fill: #a8a8a8; }
.page { fill: #0d1117; }
.lane, .emotion-lane { fill: #171c24; }
.other { fill: #242b36; }
.beats { stroke: #2c333d; }
.bars { stroke: #6a7280; }
.boundary, .mark { stroke: #ffffff; }
.on { fill: #ffffff; }
.valence, .arousal { stroke: #e6e6e6; }
"""
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def picture(width: float, height: float, title: str) -> Element:
    """An empty picture with its style. width, height: in pixels. title: for screen readers."""
    size = {"width": f"{width:g}", "height": f"{height:g}", "viewBox": f"0 0 {width:g} {height:g}"}
    root = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img", **size})
    SubElement(root, "title").text = _clean(title)
    SubElement(root, "style").text = (
        f"{_LIGHT}{_colours(dark=False)}"
        f"@media screen and (prefers-color-scheme: dark) {{{_DARK}{_colours(dark=True)}}}\n"
    )
    rectangle(root, 0, 0, width, height, "page")
    return root


def _colours(dark: bool) -> str:
    return "".join(
        f".{part.value} {{ stroke: {pair[dark]}; }}\n.{part.value}-key {{ fill: {pair[dark]}; }}\n"
        for part, pair in PALETTE.items()
    )


def rectangle(
    parent: Element, x: float, y: float, width: float, height: float, name: str
) -> Element:
    """A filled rectangle of a class."""
    size = {"width": _number(width), "height": _number(height)}
    return SubElement(parent, "rect", {"class": name}, x=_number(x), y=_number(y), **size)


def image(parent: Element, x: float, y: float, width: float, height: float, jpeg: bytes) -> Element:
    """A picture that fills a rectangle; what does not fit is cut off. jpeg: its file."""
    place = {"x": _number(x), "y": _number(y), "width": _number(width), "height": _number(height)}
    data = "data:image/jpeg;base64," + b64encode(jpeg).decode("ascii")
    return SubElement(
        parent, "image", {**place, "preserveAspectRatio": "xMidYMid slice", "href": data}
    )


def text(parent: Element, x: float, y: float, content: str, name: str = "") -> Element:
    """A text whose baseline begins at a point."""
    element = SubElement(parent, "text", x=_number(x), y=_number(y))
    if name:
        element.set("class", name)
    element.text = _clean(content)
    return element


def verticals(
    parent: Element, places: Iterable[float], top: float, height: float, name: str
) -> Element | None:
    """Vertical lines of one class as one path; None without any."""
    path = "".join(f"M{_number(x)} {_number(top)}v{_number(height)}" for x in places)
    return SubElement(parent, "path", {"class": name}, d=path) if path else None


def horizontals(
    parent: Element, strokes: Iterable[tuple[float, float, float]], name: str
) -> Element:
    """Horizontal strokes (x, y and length) of one class as one path."""
    path = "".join(f"M{_number(x)} {_number(y)}h{_number(length)}" for x, y, length in strokes)
    return SubElement(parent, "path", {"class": name}, d=path)


def path(parent: Element, commands: str, name: str) -> Element:
    """A path of a class."""
    return SubElement(parent, "path", {"class": name}, d=commands)


def group(parent: Element, name: str, title: str = "") -> Element:
    """A group of a class. title: shown where a pointer rests on it."""
    element = SubElement(parent, "g", {"class": name})
    if title:
        SubElement(element, "title").text = _clean(title)
    return element


def write(root: Element) -> str:
    """The picture as text."""
    indent(root, " ")
    return tostring(root, encoding="unicode") + "\n"


def _number(value: float) -> str:
    return f"{round(value, 1):g}"


def _clean(content: str) -> str:
    """The text without the characters that XML does not allow."""
    return _NOT_IN_XML.sub("", content)
