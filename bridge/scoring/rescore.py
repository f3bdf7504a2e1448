"""From a finished piece to a folder of music in which a selection is composed anew.

read the old score -> change plan and emotion in the selection -> given music, and the rest composed
-> the files of a score
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.scoring.files import CUES, PLAN, REPORT, SCORES
from bridge.scoring.performing import performed
from bridge.scoring.pipeline import Phases, with_sound, write_result
from bridge.scoring.recut import OldScore, warn_of_another_network
from bridge.scoring.rendering import renderer_for
from bridge.scoring.report import KeptPart, NewPart, Report, Rescore, Timings
from bridge.scoring.report_json import write_report
from bridge.scoring.request import Request
from bridge.scoring.sheet_music import check_musescore
from engine.cues import CueSheet, write_cues
from engine.errors import EmsyncError
from engine.files import write_atomically
from engine.originality.fingerprint import shipped_fingerprint
from engine.plan.json_form import to_json
from engine.plan.plan import Plan
from engine.rescore.changes import changed
from engine.rescore.regions import Region, played_notes
from engine.score import Instrument

if TYPE_CHECKING:
    from engine.model.runtime import Network
    from engine.rescore.rescore import Rescored


def rescore_piece(
    old: OldScore,
    request: Request,
    load: Callable[[], Network],
    folder: Path,
    phases: Phases,
    soundfont: Path | None = None,
) -> tuple[CueSheet, Report]:
    """Compose what ``request.rescore`` selects anew, into ``folder``, which must exist.

    request: selection, seed, takes, dynamics, humanize, sampling, and the plan if the user changed
    it. Arguments else as for :func:`~bridge.scoring.pipeline.score_film`. Returns the cue sheet and
    the report. Raises EmsyncError for a selection or a plan that does not fit the old score.
    """
    # Late, because it needs onnxruntime.
    from engine.rescore.rescore import rescore

    check_musescore(request.exports)
    begun = time.perf_counter()
    renderer = renderer_for(request, soundfont)
    cues, plan, region = planned_selection(old, request)
    analyzed = time.perf_counter()
    network = load()
    loaded = time.perf_counter()
    warn_of_another_network(old, network)
    write_cues(cues, folder / CUES)
    write_atomically(folder / PLAN, to_json(plan))
    if (old.folder / SCORES).exists():
        # For a later re-cut.
        shutil.copyfile(old.folder / SCORES, folder / SCORES)
    config = replace(request.generation_config(), fingerprint=shipped_fingerprint())
    with phases("composing") as progress:
        whole = (request.takes + 1) * cues.duration
        found = rescore(
            old.music, cues, plan, [region], network, config, request.takes,
            lambda done: progress(done / whole),
        )  # fmt: skip
    composed = time.perf_counter()
    kept = played_notes(old.music, plan)
    played = performed(found.takes, request, cues, plan, kept.get)
    result = write_result(
        cues, plan, played, network, request.seed, folder, exports=request.exports
    )
    timings = Timings.between(begun, analyzed, loaded, composed, time.perf_counter())
    share = _share(old, plan, region, found, result)
    result = replace(
        result,
        timings=timings,
        dynamics=request.dynamics,
        humanize=request.humanize,
        expression=request.expression,
        rescore=share,
    )
    write_report(result, folder / REPORT)
    if not Path(request.video).exists():
        # An old score outlives its film.
        request = replace(request, film=False)
    return cues, with_sound(result, renderer, request, cues, folder, phases)


def planned_selection(old: OldScore, request: Request) -> tuple[CueSheet, Plan, Region]:
    """The cue sheet and the plan with the changes of a request, and what is composed anew.

    Raises EmsyncError for a selection or a plan that does not fit the old score.
    """
    selection = request.rescore
    if selection is None:
        raise EmsyncError("rescore is missing; name what to compose anew")
    plan = old.plan if request.plan is None else request.plan
    _check_same_beats(plan, old.plan)
    region = selection.region(old.cues, plan)
    plan, cues = changed(plan, old.cues, region, selection.changes, request.seed)
    return cues, plan, region


def _check_same_beats(plan: Plan, old: Plan) -> None:
    for field in ("duration", "beat", "feel", "points", "bars", "last_chord"):
        if getattr(plan, field) != getattr(old, field):
            raise EmsyncError(
                f"plan: {field} differs from the old score's; what is kept needs the same beats. "
                "Change phrases alone, or score the film with this plan"
            )


def _share(old: OldScore, plan: Plan, region: Region, found: Rescored, result: Report) -> Rescore:
    lines = [plan.seconds_at(plan.bar_line(bar + 1)) for bar in range(len(plan.bar_lines()) + 1)]
    parts = []
    for start, end in ((0.0, region.start), (region.end, plan.duration)):
        if end > start:
            inside = [
                first
                for first, until in zip(lines, [*lines[1:], plan.duration], strict=True)
                if start - 1e-6 <= first and min(until, plan.duration) <= end + 1e-6
                and first < plan.duration
            ]  # fmt: skip
            parts.append(KeptPart(start, start, end - start, len(inside)))
    best = result.takes.takes[0][0]
    new = NewPart(region.start, region.end, tuple(i for i in Instrument if i in region.parts))
    return Rescore(
        str(old.folder),
        sum(part.seconds for part in parts),
        sum(part.bars for part in parts),
        len(found.given.notes),
        tuple(parts),
        (new,),
        best.seam,
        found.seam,
    )
