"""Writes a finished piece as the files of one folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engine.files import output_folder
from engine.score import Score
from export.midi import Markers, write_midi, write_stems

SCORE, STEMS, TAKES = "score.mid", "stems", "takes"


def write_piece(scores: Sequence[Score], kept: int, folder: Path, markers: Markers = ()) -> None:
    """Write the kept take as ``score.mid`` and ``stems/``, and the other takes to ``takes/``.

    kept: index of the kept take. markers: as for :func:`~export.midi.write_midi`. Files in
    ``takes/`` are numbered from 1, with a gap for the kept take; those of an earlier piece are
    removed. Raises EmsyncError if ``folder`` can't be written.
    """
    write_midi(scores[kept], folder / SCORE, markers)
    write_stems(scores[kept], folder / STEMS)
    for stale in (folder / TAKES).glob("take-*.mid"):
        stale.unlink()
    for number, score in enumerate(scores, start=1):
        if number != kept + 1:
            write_midi(score, output_folder(folder / TAKES) / f"take-{number}.mid", markers)
