"""What a new cut of a film has in common with the old one, by pictures, edit lists or shots."""

from __future__ import annotations

import math
import warnings
from dataclasses import replace
from pathlib import Path

from bridge.scoring.files import SCORES
from bridge.scoring.new_cut import NewCut
from bridge.scoring.old_score import OldScore
from bridge.scoring.phases import Progress
from bridge.scoring.request import Request
from engine.analysis import cue_sheet, measure
from engine.cues import CueSheet, Transition, Video
from engine.errors import EmsyncError
from engine.hits import hits_at
from engine.measurements import Measurements, read_prints, write_measurements
from engine.plan.plan import SAME_TIME
from engine.recut import edits
from engine.recut.pictures import Pictures, find_stretches
from engine.recut.shots import same_lengths
from engine.recut.stretches import Stretch
from engine.section import Section
from engine.video.boundaries import T_DIFF, boundaries
from engine.video.cuts import SENSITIVITY
from engine.video.reader import open_video


def compared_cuts(
    old: OldScore,
    cut: NewCut,
    request: Request,
    folder: Path,
    progress: Progress,
) -> tuple[CueSheet, tuple[Stretch, ...]]:
    """The cue sheet of the new cut, and what it has from the old one, in seconds of the files.

    folder: where what is measured of the new film is kept. Raises EmsyncError for a film that can't
    be read, an old film of another length, and edit lists that have nothing in common.
    """
    if cut.film is None:
        return _sheet_of_list(old.cues, cut), _listed(old, cut)
    measured = measure(cut.film, request.start or 0.0, request.end, progress, request.experts)
    write_measurements(measured, folder / SCORES)
    cues = cue_sheet(
        measured,
        SENSITIVITY if request.sensitivity is None else request.sensitivity,
        T_DIFF if request.min_distance is None else request.min_distance,
        emotion=request.emotion_config,
    )
    if cut.edits:
        return cues, _listed(old, cut)
    pictures = _old_pictures(old, cut)
    if pictures is not None:
        return cues, find_stretches(pictures, _pictures(measured))
    warnings.warn(
        f"{old.cues.video.path}: the old film is gone, and {old.folder} has no {SCORES}; only the "
        "lengths of shots are compared",
        stacklevel=2,
    )
    lengths = same_lengths(
        [cut.time for cut in old.cues.cuts],
        old.cues.duration,
        [cut.time for cut in cues.cuts],
        cues.duration,
    )
    return cues, tuple(
        replace(s, old=s.old + old.cues.start, new=s.new + cues.start) for s in lengths
    )


def _old_pictures(old: OldScore, cut: NewCut) -> Pictures | None:
    """The fingerprints of the old film: kept beside its score, or from the film; None if neither
    is there."""
    if cut.old_film is None and (old.folder / SCORES).exists():
        return Pictures(*read_prints(old.folder / SCORES))
    named = Path(old.cues.video.path)
    # A relative path counts from where emsync score ran.
    places = [cut.old_film] if cut.old_film else [named, old.folder.parent / named]
    film = next((place for place in places if place.exists()), None)
    if film is None and cut.old_film is not None:
        raise EmsyncError(f"{cut.old_film}: no such file; check the path")
    # The new film may have taken the place of the old one.
    if film is None or (cut.film is not None and film.samefile(cut.film)):
        return None
    video = open_video(film).video
    if abs(video.duration - old.cues.video.duration) > SAME_TIME:
        raise EmsyncError(
            f"{film}: lasts {video.duration:.3f} s, but the old film {old.cues.video.duration:.3f} "
            "s; name the place of the old film"
        )
    return _pictures(measure(film, old.cues.start, min(old.cues.end, video.duration)))


def _pictures(measured: Measurements) -> Pictures:
    return Pictures(measured.curve.times, measured.prints, measured.end)


def _listed(old: OldScore, cut: NewCut) -> tuple[Stretch, ...]:
    """What two edit lists have in common, or a list and the old film."""
    if cut.old_edits:
        return edits.common(edits.pieces(cut.old_edits), edits.pieces(cut.edits))
    video = old.cues.video
    reels = edits.of_film(cut.edits, video.path, cut.reel)
    first = video.clock.start_seconds
    return edits.common(
        edits.whole_film(video.duration), edits.film_pieces(cut.edits, reels, first)
    )


def _sheet_of_list(old: CueSheet, cut: NewCut) -> CueSheet:
    """The cue sheet of an edit list without its film: cuts at its edits, emotions unknown."""
    duration = float(max(edit.end for edit in cut.edits))
    cuts: dict[float, Transition] = {}
    for edit in cut.edits:
        start, mixed = float(edit.start), float(edit.mixed)
        if start + mixed <= 0 or start >= duration:
            continue
        if edit.kind == "cut" or not mixed:
            cuts.setdefault(start, Transition(start))
        else:
            centre, end = start + mixed / 2, start + mixed
            cuts[start] = Transition(centre, "dissolve", start, centre, end)
    found = tuple(cuts[time] for time in sorted(cuts))
    video = Video(
        old.video.path, duration, old.video.fps, old.video.width, old.video.height, cut.timecode
    )
    section = Section(0.0, duration, {}, math.nan, math.nan, "unknown")
    hits = hits_at(boundaries(found, duration))
    return CueSheet(video, 0.0, duration, found, hits, (section,))
