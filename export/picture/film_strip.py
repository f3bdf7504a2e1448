"""The lane of the film strip: small frames of the film, each as wide as its time."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from export.picture import svg
from export.picture.rows import Row

HEIGHT = 36.0
"""Pixels of the lane."""
NARROWEST = 4.0
"""The fewest pixels of a tile that are worth its size in the file."""


def draw_strip(
    element: Element, row: Row, tiles: Sequence[bytes], duration: float, top: float
) -> None:
    """Draw the tiles of a row.

    tiles: JPEG files, each for an equal part of the piece. duration: of the piece, in seconds.
    """
    svg.text(element, 8, top + HEIGHT / 2 + 4, "Film")
    step = duration / len(tiles)
    for number, tile in enumerate(tiles):
        # One that goes on in the next row has a part in each.
        start, end = row.x(number * step), row.x((number + 1) * step)
        if end - start > NARROWEST:
            svg.image(element, start, top, end - start, HEIGHT, tile)
