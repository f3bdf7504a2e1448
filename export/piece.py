"""Writes a finished piece as the files of one folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mido import MetaMessage

from engine.files import output_folder
from engine.score import Score
from export.midi import Markers, write_midi, write_stems

SCORE, STEMS, TAKES = "score.mid", "stems", "takes"
REEL = "reel.mid"
SOUND_FORMATS = ("wav", "flac")
SOUNDS = tuple(f"{name}.{form}" for name in ("score", "reel") for form in SOUND_FORMATS)
"""The names that the sound of a piece or a reel may have."""
FILMS = ("film.mp4", "film.mov", "film.mkv")
"""The names that the film with its new sound may have, by its container."""
NOTATION = "score.musicxml"
WRITTEN = "written.mid"
"""The piece with the times of notes as composed, where they are played at others."""


def write_piece(
    scores: Sequence[Score],
    written: Score,
    folder: Path,
    markers: Markers = (),
    offset: MetaMessage | None = None,
) -> None:
    """Write the best take as ``score.mid`` and ``stems/``, and the other takes to ``takes/``.

    scores: of the takes, the best first. written: the best one with the times of notes as composed;
    it becomes ``written.mid`` if it differs. markers, offset: as for ``write_midi``.
    Files in ``takes/`` are numbered by rating: ``take-2.mid`` is the second best. Those of an
    earlier piece are removed. Raises EmsyncError if ``folder`` can't be written.
    """
    write_midi(scores[0], folder / SCORE, markers, offset)
    write_stems(scores[0], folder / STEMS, offset)
    if written.notes == scores[0].notes:
        (folder / WRITTEN).unlink(missing_ok=True)
    else:
        write_midi(written, folder / WRITTEN, markers, offset)
    for stale in (folder / TAKES).glob("take-*.mid"):
        stale.unlink()
    for number, score in enumerate(scores[1:], start=2):
        path = output_folder(folder / TAKES) / f"take-{number}.mid"
        write_midi(score, path, markers, offset)


def write_reel(
    reel: Score, folder: Path, markers: Markers = (), offset: MetaMessage | None = None
) -> None:
    """Write the music of a film's cues as ``reel.mid`` and ``stems/``.

    markers, offset: as for :func:`~export.midi.write_midi`. Raises EmsyncError if ``folder`` can't
    be written.
    """
    write_midi(reel, folder / REEL, markers, offset)
    write_stems(reel, folder / STEMS, offset)
