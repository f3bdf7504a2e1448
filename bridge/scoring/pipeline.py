"""From a request to a folder of music; the one way there for the command line and the server.

analyze the film -> cues.json -> plan the piece -> plan.json -> compose takes -> keep the best ->
score.mid, stems/, takes/, score.musicxml, score.svg -> play them -> score.wav, film.mp4 ->
report.json
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.scoring.analysis import analyze_film
from bridge.scoring.context import ScoringContext
from bridge.scoring.live import Live, Recorded
from bridge.scoring.performing import performing
from bridge.scoring.phases import Progress
from bridge.scoring.rendering import renderer_for
from bridge.scoring.report import Report, ReportedChange
from bridge.scoring.request import Request
from bridge.scoring.sheet_music import check_musescore
from bridge.scoring.timings import Stopwatch
from bridge.scoring.writing import Composed, with_sound, write_cues_and_plan, write_result
from engine.composing.listener import Listener
from engine.composing.theme import theme_given
from engine.cues import CueSheet
from engine.live.control import LiveChange
from engine.music.arrangement import Recall
from engine.originality.fingerprint import shipped_fingerprint
from engine.plan.plan import Plan
from engine.plan.theme import statements
from engine.score import CHORDAL

if TYPE_CHECKING:
    from engine.model.runtime import Network


def score_film(
    request: Request,
    context: ScoringContext,
    live: Live | None = None,
    scores: Path | None = None,
) -> tuple[CueSheet, Report]:
    """Score a film into the folder of ``context``; returns the cue sheet and the report.

    live: follows the first take while it is composed, and may change it. scores: a file that keeps
    what is measured of the film.
    Raises EmsyncError for a film that can't be scored and a network that can't be loaded. It raises
    it too for a sound font that can't be read, and a folder that can't be written.
    """
    check_musescore(request.exports)
    warn_without_chords(request)
    stopwatch = Stopwatch()
    renderer = renderer_for(request, context.soundfont)
    cues = analyze_film(request, context.phases, scores)
    plan = request.plan_for(cues)
    stopwatch.end("analyze")
    network = context.load()
    stopwatch.end("load")
    write_cues_and_plan(cues, plan, context.folder)
    with context.phases("composing") as progress:
        piece = compose_piece(request, cues, plan, network, progress, live)
    stopwatch.end("compose")
    report, _ = write_result(piece, request, network, context.folder, stopwatch)
    return piece.cues, with_sound(report, renderer, request, piece.cues, context)


def warn_without_chords(request: Request) -> None:
    """Warn if nobody may play who can play a chord."""
    if not set(CHORDAL) & set(request.players):
        warnings.warn("without guitar and piano no chord can land on a boundary", stacklevel=3)


def compose_piece(
    request: Request,
    cues: CueSheet,
    plan: Plan | None,
    network: Network,
    progress: Progress,
    live: Live | None = None,
    recall: Recall | None = None,
) -> Composed:
    """Compose the takes of a piece.

    request: seed, takes, sampling, theme and changes. live: as for ``score_film``. recall: the
    piece that this one varies.
    """
    # Late, because these need onnxruntime.
    from engine.composing.planned import compose_planned_takes
    from engine.composing.takes import compose_takes

    if request.changes:
        live = Recorded(request.changes)
    theme = None if plan is None else request.placed_theme
    given = None if theme is None or plan is None else theme_given(plan, theme)
    config = replace(request.generation_config(), given=given, fingerprint=shipped_fingerprint())
    count = 1 if live is not None else request.takes

    def share(seconds: float) -> None:
        progress(seconds / (count * cues.duration))

    def follow(cues: CueSheet, plan: Plan | None, change: LiveChange | None = None) -> Listener:
        assert live is not None
        return performing(live.follow(cues, plan, change), request, cues, plan)

    if live is not None and plan is not None and plan.phrases:
        from engine.live.composer import compose_live

        piece = compose_live(cues, plan, network, config, live.next_change, follow, share)
        changes = tuple(
            ReportedChange(change, piece.plan.seconds_at(piece.plan.bar_line(change.bar)))
            for change in piece.changes
        )
        return Composed(piece.cues, piece.plan, [piece.take], changes=changes)
    listener = None if live is None else follow(cues, plan)
    if plan is None:
        takes = compose_takes(cues, network, config, count, share, listener)
        return Composed(cues, None, takes)
    takes = compose_planned_takes(cues, plan, network, config, count, share, listener, recall)
    if theme is None or given is None:
        return Composed(cues, plan, takes)
    begins = [plan.seconds_at(plan.bar_line(each.bar)) for each in statements(plan, theme)]
    return Composed(
        cues,
        plan,
        takes,
        kept=lambda note: note if given.keeps(note) else None,
        theme=tuple(begins),
    )
