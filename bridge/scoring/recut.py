"""From an old score and a new cut of its film to a folder of music that keeps what did not change.

read the old score -> stretches of unchanged picture -> cue sheet and plan of the new cut ->
given music, and the rest composed -> the files of a score
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bridge.scoring.context import ScoringContext
from bridge.scoring.cut_comparison import compared_cuts
from bridge.scoring.new_cut import NewCut
from bridge.scoring.old_score import OldScore, kept_parts, warn_of_another_network
from bridge.scoring.phases import Phases
from bridge.scoring.rendering import renderer_for
from bridge.scoring.report import Recut, Report
from bridge.scoring.request import Request
from bridge.scoring.sheet_music import check_musescore
from bridge.scoring.timings import Stopwatch
from bridge.scoring.writing import Composed, with_sound, write_cues_and_plan, write_result
from engine.cues import CueSheet
from engine.errors import EmsyncError
from engine.originality.fingerprint import shipped_fingerprint
from engine.recut.cue_sheet import recut_cues
from engine.recut.music import KeptMusic, kept_music
from engine.recut.planner import NewPlan, plan_recut
from engine.recut.stretches import in_scored_parts
from engine.timeline.cue_sheet import with_hits


def recut_film(
    old: OldScore,
    cut: NewCut,
    request: Request,
    context: ScoringContext,
) -> tuple[CueSheet, Report]:
    """Score a new cut into the folder of ``context``; returns its cue sheet and the report.

    request: start, end, boundaries, sensitivity, seed, takes and sampling. Raises EmsyncError as
    :func:`~bridge.scoring.pipeline.score_film` does, and where nothing can be kept.
    """
    # Late, because it needs onnxruntime.
    from engine.composing.planned import compose_planned_takes

    check_musescore(request.exports)
    stopwatch = Stopwatch()
    renderer = renderer_for(request, context.soundfont)
    cues, new, kept = plan_new_cut(old, cut, request, context.folder, context.phases)
    plan = new.plan
    stopwatch.end("analyze")
    network = context.load()
    stopwatch.end("load")
    warn_of_another_network(old, network)
    write_cues_and_plan(cues, plan, context.folder)
    fingerprint = shipped_fingerprint()
    config = replace(request.generation_config(), given=kept.given, fingerprint=fingerprint)
    with context.phases("composing") as progress:
        whole = request.takes * cues.duration
        takes = compose_planned_takes(
            cues, plan, network, config, request.takes, lambda done: progress(done / whole)
        )
    stopwatch.end("compose")
    piece = Composed(cues, plan, takes, kept.played.get, recut=_recut(old, new, kept))
    report, _ = write_result(piece, request, network, context.folder, stopwatch)
    if cut.film is None:
        request = replace(request, film=False)
    return cues, with_sound(report, renderer, request, cues, context)


def plan_new_cut(
    old: OldScore, cut: NewCut, request: Request, folder: Path, phases: Phases
) -> tuple[CueSheet, NewPlan, KeptMusic]:
    """The cue sheet and plan of a new cut, and the music that it keeps.

    folder: where the scores of the new film go. Raises EmsyncError where nothing can be kept.
    """
    with phases("analyzing") as progress:
        cues, stretches = compared_cuts(old, cut, request, folder, progress)
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


def _recut(old: OldScore, new: NewPlan, kept: KeptMusic) -> Recut:
    """What a report says of a re-cut."""
    parts = kept_parts(old, new)
    return Recut(
        str(old.folder),
        sum(part.seconds for part in parts),
        sum(part.bars for part in parts),
        len(kept.given.notes),
        kept.shortened,
        parts,
    )
