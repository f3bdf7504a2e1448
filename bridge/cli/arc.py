"""The energy of a piece in one line: how much is played, and how loudly, from beginning to end."""

from __future__ import annotations

import sys

import numpy as np

from engine.score import Score

WIDTH = 48
"""Columns."""
_BLOCKS = "▁▂▃▄▅▆▇█"
_PLAIN = ".:-=+*#@"


def arc(score: Score, encoding: str | None = None) -> str:
    """A line of blocks; higher is more and louder notes.

    encoding: of the terminal (default: standard output's). One that has no blocks gets signs of
    ASCII, where denser is more.
    """
    width = min(WIDTH, max(1, round(score.duration)))
    energy = np.zeros(width)
    for note in score.notes:
        place = int(note.onset / score.duration * width) if score.duration else 0
        energy[min(place, width - 1)] += note.velocity / 127
    top = energy.max()
    levels = (
        np.round(energy / top * (len(_BLOCKS) - 1)).astype(int) if top else np.zeros(width, int)
    )
    signs = _BLOCKS if _has_blocks(encoding or sys.stdout.encoding) else _PLAIN
    return "".join(signs[level] for level in levels)


def _has_blocks(encoding: str | None) -> bool:
    try:
        _BLOCKS.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
