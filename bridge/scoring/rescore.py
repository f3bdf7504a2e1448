"""From a finished piece to a folder of music in which a selection is composed anew.

read the old score -> change plan and emotion in the selection -> given music, and the rest composed
-> the files of a score
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.scoring.context import ScoringContext
from bridge.scoring.files import SCORES
from bridge.scoring.old_score import OldScore, kept_parts, warn_of_another_network
from bridge.scoring.rendering import older_sound, renderer_for
from bridge.scoring.report import KeptPart, NewPart, Report, Rescore
from bridge.scoring.request import Request
from bridge.scoring.selection import Selection
from bridge.scoring.sheet_music import check_musescore
from bridge.scoring.timings import Stopwatch
from bridge.scoring.writing import Composed, with_sound, write_cues_and_plan, write_result
from engine.composing.infill import Given
from engine.cues import CueSheet
from engine.errors import EmsyncError
from engine.originality.fingerprint import shipped_fingerprint
from engine.plan.plan import Plan
from engine.recut.music import kept_music
from engine.rescore.changes import changed
from engine.rescore.moved_hits import NewHits, plan_hits
from engine.rescore.regions import Region, given_music, played_notes, whole_bars
from engine.score import Instrument, Note

if TYPE_CHECKING:
    from engine.rescore.rescore import Rescored


def rescore_piece(
    old: OldScore, request: Request, context: ScoringContext
) -> tuple[CueSheet, Report]:
    """Compose what ``request.rescore`` selects anew, into the folder of ``context``.

    request: selection, seed, takes, dynamics, humanize, sampling, and the plan if the user changed
    it. Returns the cue sheet and the report. Raises EmsyncError as
    :func:`~bridge.scoring.pipeline.score_film` does, and for a selection or a plan that does not
    fit the old score.
    """
    # Late, because it needs onnxruntime.
    from engine.rescore.rescore import compose_regions

    check_musescore(request.exports)
    stopwatch = Stopwatch()
    renderer = renderer_for(request, context.soundfont)
    selection = planned_selection(old, request)
    cues, plan = selection.cues, selection.plan
    stopwatch.end("analyze")
    network = context.load()
    stopwatch.end("load")
    warn_of_another_network(old, network)
    write_cues_and_plan(cues, plan, context.folder)
    if (old.folder / SCORES).exists():
        # For a later re-cut.
        shutil.copyfile(old.folder / SCORES, context.folder / SCORES)
    config = replace(request.generation_config(), fingerprint=shipped_fingerprint())
    with context.phases("composing") as progress:
        given, compared = selection.given, selection.compared
        whole = (request.takes + (compared is not None)) * cues.duration
        found = compose_regions(
            given, cues, plan, selection.regions, network, config, request.takes,
            lambda done: progress(done / whole), old=compared,
        )  # fmt: skip
    stopwatch.end("compose")
    share = _rescore(old, request.rescore, selection, found)
    piece = Composed(cues, plan, found.takes, selection.played.get, rescore=share)
    # Nobody waits for the pages: they come once the sound can be played.
    report, write_pages = write_result(
        piece, request, network, context.folder, stopwatch, source=old.folder, pages_later=True
    )
    if not Path(request.video).exists():
        # An old score outlives its film.
        request = replace(request, film=False)
    older = older_sound(old.folder, old.report)
    return cues, with_sound(report, renderer, request, cues, context, write_pages, older)


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
    music = kept_music(old.music, old.plan, found.new)
    return PlannedSelection(
        found.cues,
        found.new.plan,
        found.regions,
        music.given,
        music.played,
        None,
        kept_parts(old, found.new),
    )


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


def _rescore(
    old: OldScore, asked: Selection | None, selection: PlannedSelection, found: Rescored
) -> Rescore:
    """What a report says of a rescore."""
    from engine.composing.takes import ranked

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
    best, _ = ranked(found.takes)[0]
    return Rescore(
        str(old.folder),
        sum(part.seconds for part in parts),
        sum(part.bars for part in parts),
        len(selection.given.notes),
        parts,
        new,
        best.seam,
        found.seam,
    )
