"""From an old score and a new cut of its film to a folder of music that keeps what did not change.

read the old score -> stretches of unchanged picture -> cue sheet and plan of the new cut ->
given music, and the rest composed -> the files of a score
"""

from __future__ import annotations

import json
import math
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bridge.scoring.files import CUES, PLAN, REPORT, SCORES
from bridge.scoring.new_cut import NewCut
from bridge.scoring.performing import performed
from bridge.scoring.pipeline import Phases, with_sound
from bridge.scoring.rendering import RenderSteps, renderer_for
from bridge.scoring.report import KeptPart, Recut, Report, Timings
from bridge.scoring.report_json import write_report
from bridge.scoring.request import Request
from bridge.scoring.sheet_music import check_musescore
from bridge.scoring.writing import write_notes
from engine.analysis import cue_sheet, measure
from engine.cues import CueSheet, Transition, Video, read_cues, write_cues
from engine.errors import EmsyncError
from engine.files import write_atomically
from engine.hits import hits_at
from engine.measurements import Measurements, read_prints, write_measurements
from engine.originality.fingerprint import shipped_fingerprint
from engine.plan.json_form import read_plan, to_json
from engine.plan.plan import Plan
from engine.recut import edits
from engine.recut.cue_sheet import recut_cues
from engine.recut.music import KeptMusic, OldMusic, kept_music, read_old_music
from engine.recut.pictures import Pictures, find_stretches
from engine.recut.planner import NewPlan, plan_recut
from engine.recut.shots import same_lengths
from engine.recut.stretches import SAME_TIME, Stretch, in_scored_parts
from engine.section import Section
from engine.timeline.cue_sheet import with_hits
from engine.video.boundaries import T_DIFF, boundaries
from engine.video.cuts import SENSITIVITY
from engine.video.reader import open_video
from export.piece import REEL, SCORE, WRITTEN

if TYPE_CHECKING:
    from engine.model.runtime import Network


@dataclass(frozen=True, slots=True)
class OldScore:
    """What ``emsync score`` left in a folder. report: its ``report.json``; empty if unreadable."""

    folder: Path
    cues: CueSheet
    plan: Plan
    music: OldMusic
    report: dict[str, Any]

    @property
    def seed(self) -> int:
        """The seed of the old score; 0 if it is unknown."""
        seed = self.report.get("seed")
        return seed if isinstance(seed, int) and seed >= 0 else 0

    @property
    def dynamics(self) -> float:
        """How freely the old score's notes are played; 0 if it is unknown, as in older scores."""
        return self._amount("dynamics")

    @property
    def humanize(self) -> float:
        """How far its lengths are those of players; 0 if it is unknown, as in older scores."""
        return self._amount("humanize")

    @property
    def expression(self) -> bool:
        """Whether it has swells and pedal."""
        return self.report.get("expression") is True

    def _amount(self, name: str) -> float:
        amount = self.report.get(name)
        return float(amount) if isinstance(amount, int | float) and 0 <= amount <= 1 else 0.0


def read_old_score(folder: Path) -> OldScore:
    """Read the folder of an old score.

    Raises EmsyncError for a folder that is missing or holds no planned score.
    """
    if not folder.is_dir():
        raise EmsyncError(f"{folder}: no such folder; give what emsync score wrote")
    if (folder / REEL).exists():
        raise EmsyncError(
            f"{folder}: is a reel of several cues; give the folder of one cue, such as "
            f"{folder / 'NAME'}, or score the film anew"
        )
    for name in (CUES, SCORE):
        if not (folder / name).exists():
            raise EmsyncError(f"{folder}: has no {name}; give what emsync score wrote")
    if not (folder / PLAN).exists():
        raise EmsyncError(
            f"{folder}: has no {PLAN}. A piece in free time has no bars to keep; score the film "
            "anew"
        )
    plan = read_plan(folder / PLAN)
    try:
        report = json.loads((folder / REPORT).read_text("utf-8"))
    except (OSError, ValueError):
        report = {}
    music = read_old_music(folder / SCORE, plan, folder / WRITTEN)
    cues = read_cues(folder / CUES)
    return OldScore(folder, cues, plan, music, report if isinstance(report, dict) else {})


def recut_film(
    old: OldScore,
    cut: NewCut,
    request: Request,
    load: Callable[[], Network],
    folder: Path,
    phases: Phases,
    soundfont: Path | None = None,
    ready: Callable[[], None] = lambda: None,
) -> tuple[CueSheet, Report]:
    """Score a new cut into ``folder``, which must exist; returns its cue sheet and the report.

    request: start, end, boundaries, sensitivity, seed, takes and sampling. Arguments else as for
    :func:`~bridge.scoring.pipeline.score_film`. Raises EmsyncError also where nothing can be kept.
    """
    # Late, because it needs onnxruntime.
    from engine.composing.planned import compose_planned_takes

    check_musescore(request.exports)
    begun = time.perf_counter()
    renderer = renderer_for(request, soundfont)
    cues, new, kept = plan_new_cut(old, cut, request, folder, phases)
    analyzed = time.perf_counter()
    network = load()
    loaded = time.perf_counter()
    warn_of_another_network(old, network)
    write_cues(cues, folder / CUES)
    write_atomically(folder / PLAN, to_json(new.plan))
    fingerprint = shipped_fingerprint()
    config = replace(request.generation_config(), given=kept.given, fingerprint=fingerprint)
    with phases("composing") as progress:
        whole = request.takes * cues.duration
        takes = compose_planned_takes(
            cues, new.plan, network, config, request.takes, lambda done: progress(done / whole)
        )
    composed = time.perf_counter()
    played = performed(takes, request, cues, new.plan, kept.played.get)
    result, write_pages = write_notes(
        cues, new.plan, played, network, request.seed, folder, exports=request.exports
    )
    write_pages()
    timings = Timings.between(begun, analyzed, loaded, composed, time.perf_counter())
    result = replace(
        result,
        timings=timings,
        dynamics=request.dynamics,
        humanize=request.humanize,
        expression=request.expression,
        recut=_share(old, new, kept),
    )
    write_report(result, folder / REPORT)
    if cut.film is None:
        request = replace(request, film=False)
    steps = RenderSteps(ready)
    return cues, with_sound(result, renderer, request, cues, folder, phases, steps)


def plan_new_cut(
    old: OldScore, cut: NewCut, request: Request, folder: Path, phases: Phases
) -> tuple[CueSheet, NewPlan, KeptMusic]:
    """The cue sheet and plan of a new cut, and the music that it keeps.

    folder: where the scores of the new film go. Raises EmsyncError where nothing can be kept.
    """
    with phases("analyzing") as progress:
        cues, stretches = _compared(old, cut, request, folder, progress)
    inside = in_scored_parts(stretches, (old.cues.start, old.cues.end), (cues.start, cues.end))
    cues = recut_cues(cues, old.cues, inside)
    if request.boundaries is not None:
        cues = with_hits(cues, request.boundaries, request.intensity)
    new = plan_recut(old.plan, cues, inside, request.seed)
    if not new.kept:
        found = sum(stretch.length for stretch in inside)
        raise EmsyncError(
            f"{old.folder}: only {found:.1f} s of its film are in the new cut, too little for "
            "whole bars; score the new cut by itself"
        )
    return cues, new, kept_music(old.music, old.plan, new)


def _compared(
    old: OldScore,
    cut: NewCut,
    request: Request,
    folder: Path,
    progress: Callable[[float], None],
) -> tuple[CueSheet, tuple[Stretch, ...]]:
    """The cue sheet of the new cut, and what it has from the old one, in seconds of the files."""
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


def warn_of_another_network(old: OldScore, network: Network) -> None:
    """Warn if another network composed the old score."""
    model = old.report.get("model")
    known: dict[str, Any] = model if isinstance(model, dict) else {}
    if known.get("sha256", network.card.sha256) != network.card.sha256:
        warnings.warn(
            f"{old.folder} was composed by another network, {known.get('name')}; new parts are by "
            f"{network.card.name}",
            stacklevel=2,
        )


def _share(old: OldScore, new: NewPlan, kept: KeptMusic) -> Recut:
    parts = []
    for run in new.kept:
        start = new.plan.seconds_at(run.new)
        end = min(new.plan.seconds_at(run.new + run.beats), new.plan.duration)
        parts.append(KeptPart(old.plan.seconds_at(run.old), start, end - start, run.bars))
    return Recut(
        str(old.folder),
        sum(part.seconds for part in parts),
        sum(part.bars for part in parts),
        len(kept.given.notes),
        kept.shortened,
        tuple(parts),
    )
