"""From a finished piece to a folder of music in which a selection is composed anew.

read the old score -> change plan and emotion in the selection -> given music, and the rest composed
-> the files of a score
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.scoring.files import CUES, PLAN, REPORT, SCORES
from bridge.scoring.performing import performed
from bridge.scoring.pipeline import Phases, with_sound
from bridge.scoring.recut import OldScore, warn_of_another_network
from bridge.scoring.rendering import RenderSteps, older_sound, renderer_for
from bridge.scoring.report import KeptPart, NewPart, Report, Rescore, Timings
from bridge.scoring.report_json import write_report
from bridge.scoring.request import Request
from bridge.scoring.selection import Selection
from bridge.scoring.sheet_music import check_musescore
from bridge.scoring.writing import write_notes
from engine.composing.infill import Given
from engine.cues import CueSheet, write_cues
from engine.errors import EmsyncError
from engine.files import write_atomically
from engine.originality.fingerprint import shipped_fingerprint
from engine.plan.json_form import to_json
from engine.plan.plan import Plan
from engine.recut.music import kept_music
from engine.rescore.changes import changed
from engine.rescore.moved_hits import NewHits, plan_hits
from engine.rescore.regions import Region, given_music, played_notes, whole_bars
from engine.score import Instrument, Note

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
    ready: Callable[[], None] = lambda: None,
) -> tuple[CueSheet, Report]:
    """Compose what ``request.rescore`` selects anew, into ``folder``, which must exist.

    request: selection, seed, takes, dynamics, humanize, sampling, and the plan if the user changed
    it. Arguments else as for :func:`~bridge.scoring.pipeline.score_film`. Returns the cue sheet and
    the report. Raises EmsyncError for a selection or a plan that does not fit the old score.
    """
    # Late, because it needs onnxruntime.
    from engine.rescore.rescore import compose_regions

    check_musescore(request.exports)
    begun = time.perf_counter()
    renderer = renderer_for(request, soundfont)
    selection = planned_selection(old, request)
    cues, plan = selection.cues, selection.plan
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
        given, compared = selection.given, selection.compared
        whole = (request.takes + (compared is not None)) * cues.duration
        found = compose_regions(
            given, cues, plan, selection.regions, network, config, request.takes,
            lambda done: progress(done / whole), old=compared,
        )  # fmt: skip
    composed = time.perf_counter()
    played = performed(found.takes, request, cues, plan, selection.played.get)
    result, write_pages = write_notes(
        cues,
        plan,
        played,
        network,
        request.seed,
        folder,
        exports=request.exports,
        source=old.folder,
    )
    timings = Timings.between(begun, analyzed, loaded, composed, time.perf_counter())
    share = _share(old, request.rescore, selection, found, result)
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
    # Nobody waits for the pages: they come once the sound can be played.
    steps = RenderSteps(ready, write_pages)
    older = older_sound(old.folder, old.report)
    return cues, with_sound(result, renderer, request, cues, folder, phases, steps, older)


@dataclass(frozen=True, slots=True)
class PlannedSelection:
    """What a rescore composes.

    cues, plan: of the new score. regions: what is composed anew. given: what is kept, as written.
    played: for each of its notes, the same as it is played. compared: all of the old music, to
    compare what follows; None where the beats are others. kept: the parts that are kept whole.
    """

    cues: CueSheet
    plan: Plan
    regions: tuple[Region, ...]
    given: Given
    played: Mapping[Note, Note]
    compared: Given | None
    kept: tuple[KeptPart, ...]


def planned_selection(old: OldScore, request: Request) -> PlannedSelection:
    """The cue sheet and the plan with the changes of a request, and what is composed anew.

    Raises EmsyncError for a selection or a plan that does not fit the old score.
    """
    selection = request.rescore
    if selection is None:
        raise EmsyncError("rescore is missing; name what to compose anew")
    if selection.hits is not None:
        return _with_hits(old, selection, request)
    plan = old.plan if request.plan is None else request.plan
    _check_same_beats(plan, old.plan)
    region = selection.region(old.cues, plan)
    plan, cues = changed(plan, old.cues, region, selection.changes, request.seed)
    return PlannedSelection(
        cues,
        plan,
        (region,),
        given_music(old.music, plan, [region]),
        played_notes(old.music, plan),
        given_music(old.music, plan, ()),
        tuple(_kept_around(plan, region)),
    )


def planned_hits(old: OldScore, selection: Selection, seed: int) -> NewHits:
    """The plan of a score with other hits, and what of it is composed anew.

    Raises EmsyncError where the hits can't be changed in this way
    (:func:`~engine.rescore.moved_hits.plan_hits`).
    """
    return plan_hits(
        old.plan, old.cues, selection.hits or (), selection.within(old.plan), seed
    )  # fmt: skip


def _with_hits(old: OldScore, selection: Selection, request: Request) -> PlannedSelection:
    if request.plan is not None:
        raise EmsyncError("plan: other hits have a plan of their own; leave out one of them")
    found = planned_hits(old, selection, request.seed)
    plan = found.new.plan
    kept = tuple(
        KeptPart(old.plan.seconds_at(bars.old), start, end - start, bars.bars)
        for bars, (start, end) in zip(found.new.kept, found.new.spans, strict=True)
    )
    music = kept_music(old.music, old.plan, found.new)
    return PlannedSelection(found.cues, plan, found.regions, music.given, music.played, None, kept)


def _check_same_beats(plan: Plan, old: Plan) -> None:
    for field in ("duration", "beat", "feel", "points", "bars", "last_chord"):
        if getattr(plan, field) != getattr(old, field):
            raise EmsyncError(
                f"plan: {field} differs from the old score's; what is kept needs the same beats. "
                "Change phrases alone, or score the film with this plan"
            )


def _kept_around(plan: Plan, region: Region) -> Iterator[KeptPart]:
    """What is kept before and after a region."""
    lines = [plan.seconds_at(plan.bar_line(bar + 1)) for bar in range(len(plan.bar_lines()) + 1)]
    for start, end in ((0.0, region.start), (region.end, plan.duration)):
        if end > start:
            inside = [
                first
                for first, until in zip(lines, [*lines[1:], plan.duration], strict=True)
                if start - 1e-6 <= first and min(until, plan.duration) <= end + 1e-6
                and first < plan.duration
            ]  # fmt: skip
            yield KeptPart(start, start, end - start, len(inside))


def _share(
    old: OldScore,
    asked: Selection | None,
    selection: PlannedSelection,
    found: Rescored,
    result: Report,
) -> Rescore:
    parts = selection.kept
    new = tuple(
        NewPart(
            region.start,
            region.end,
            tuple(i for i in Instrument if i in region.parts),
            whole_bars(region, selection.plan),
            asked is not None and asked.moved_to(region, selection.plan.duration),
        )
        for region in selection.regions
    )
    return Rescore(
        str(old.folder),
        sum(part.seconds for part in parts),
        sum(part.bars for part in parts),
        len(selection.given.notes),
        parts,
        new,
        result.takes.takes[0][0].seam,
        found.seam,
    )
