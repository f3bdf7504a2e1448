"""All measures of a piece by name."""

from __future__ import annotations

from engine.rating import ending, harmony, melody, rhythm, texture
from engine.rating.measured_piece import MeasuredPiece


def measure(piece: MeasuredPiece) -> dict[str, float]:
    """Every measure by name; NaN where there is nothing to measure.

    NAME_plays is the share of bars in which an instrument sounds; NaN if it never does.
    """
    plays = {
        f"{instrument.value}_plays": share if share else float("nan")
        for instrument, share in texture.playing(piece).items()
    }
    groups = (harmony, melody, rhythm, texture, ending)
    return {
        name: value for group in groups for name, value in group.measures(piece).items()
    } | plays
