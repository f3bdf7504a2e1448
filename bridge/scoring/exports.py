"""Writes what the user asks for beside a score: projects for DAWs, and sheet music."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from bridge.scoring.files import ARDOUR, EXPORTS, PDF
from bridge.scoring.sheet_music import write_pdf
from engine.cues import CueSheet
from engine.emotion.words import word_of
from engine.errors import EmsyncError
from engine.files import final_folder, output_folder, write_atomically
from engine.score import Score
from engine.section import Section
from engine.video.container import opened
from export.ardour import session_files
from export.dawproject import dawproject
from export.piece import NOTATION, REEL, SCORE
from export.project import Film, Project, Region
from export.rpp import rpp

HIT = "hit"
"""Begins the name of a hit without a label; its number follows."""


def exports_in(folder: Path) -> tuple[str, ...]:
    """The formats of which the result in a folder has files."""
    found = {kind for kind in EXPORTS for _ in folder.glob(f"*.{kind}")}
    return tuple(k for k in EXPORTS if k in found or (k == ARDOUR and (folder / ARDOUR).is_dir()))


def write_exports(kinds: Sequence[str], score: Score, cues: CueSheet, folder: Path) -> None:
    """Write the files that were asked for into ``folder``, which has the notation of a piece.

    kinds: of :data:`~bridge.scoring.files.EXPORTS`. cues: of the piece; a spotting list makes it a
    reel, whose cues are regions too. Raises EmsyncError for a folder that can't be written.
    """
    if not kinds:
        return
    name = (REEL if cues.spotting else SCORE).partition(".")[0]
    project = Project(
        name,
        score,
        _film(cues),
        hit_names(cues),
        (
            *(Region(cue.start, cue.end, cue.name) for cue in cues.spotting),
            *(Region(each.start, each.end, _emotion(each)) for each in cues.sections),
        ),
    )
    # Paths of the film count from where the project will lie.
    place = final_folder(folder)
    if "rpp" in kinds:
        write_atomically(folder / f"{name}.rpp", rpp(project, place))
    if "dawproject" in kinds:
        write_atomically(folder / f"{name}.dawproject", dawproject(project, place))
    if "pdf" in kinds and not cues.spotting:
        write_pdf(folder / NOTATION, folder / PDF)
    if "ardour" in kinds:
        for path, data in session_files(project, ARDOUR).items():
            file = folder / ARDOUR / path
            output_folder(file.parent)
            write_atomically(file, data)


def hit_names(cues: CueSheet) -> tuple[tuple[float, str], ...]:
    """The times of the hits, in seconds of the score, and their labels or numbers."""
    hits = (hit for hit in cues.hits if not hit.is_off)
    return tuple(
        (hit.seconds, hit.label or f"{HIT} {number}") for number, hit in enumerate(hits, start=1)
    )


def _film(cues: CueSheet) -> Film | None:
    """The film of a cue sheet; None where it can't be read, as for a cut that is only a list."""
    path = Path(cues.video.path)
    try:
        with opened(path, with_sound=True) as film:
            sound = film.sound
            channels, rate = (0, 0) if sound is None else (sound.channels, sound.sample_rate)
    except EmsyncError:
        return None
    clock = cues.video.clock
    timecode = float(clock.start_seconds) if clock.rate else 0.0
    return Film(path, cues.start, cues.video.duration, timecode, channels, rate)


def _emotion(section: Section) -> str:
    """The word that is nearest to a section's emotion."""
    if math.isnan(section.valence) or math.isnan(section.arousal):
        return "unknown"
    return word_of(section)
