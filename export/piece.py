"""A finished piece as files: what ``emsync score`` and the server both leave in a folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engine.files import output_folder
from engine.score import Score
from export.midi import write_midi, write_stems

SCORE, STEMS, TAKES = "score.mid", "stems", "takes"


def write_piece(scores: Sequence[Score], kept: int, folder: Path) -> None:
    """Write the take that is kept as ``score.mid`` and ``stems/``, the others to ``takes/`` by
    their numbers from 1, in place of an earlier piece's.

    Raises EmsyncError when ``folder`` can't be written.
    """
    write_midi(scores[kept], folder / SCORE)
    write_stems(scores[kept], folder / STEMS)
    for stale in (folder / TAKES).glob("take-*.mid"):
        stale.unlink()
    for number, score in enumerate(scores, start=1):
        if number != kept + 1:
            write_midi(score, output_folder(folder / TAKES) / f"take-{number}.mid")
