"""From a request to a folder of music; the one way there for the command line and the server.

analyze the film -> cues.json -> plan the piece -> plan.json -> compose takes -> keep the best ->
score.mid, stems/, takes/, score.musicxml, score.svg -> play them -> score.wav, film.mp4 ->
report.json
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from bridge.scoring.files import CUES, PLAN, REPORT
from bridge.scoring.live import Live, Recorded
from bridge.scoring.performing import performed, performing
from bridge.scoring.rendering import (
    NO_STEPS,
    Rendered,
    Renderer,
    RenderSteps,
    render,
    renderer_for,
)
from bridge.scoring.report import (
    Report,
    ReportedChange,
    Timings,
)
from bridge.scoring.report_json import write_report
from bridge.scoring.request import Request
from bridge.scoring.sheet_music import check_musescore
from bridge.scoring.writing import write_notes
from engine.analysis import cue_sheet, measure
from engine.composing.listener import Listener
from engine.composing.theme import theme_given
from engine.cues import CueSheet, check_same_film, write_cues
from engine.emotion.fusion_network import card_of
from engine.emotion.sections import override, turned
from engine.errors import EmsyncError
from engine.files import write_atomically
from engine.hits import boundary_hits, is_within
from engine.live.control import LiveChange
from engine.measurements import Measurements, read_measurements, write_measurements
from engine.music.arrangement import Recall
from engine.originality.fingerprint import shipped_fingerprint
from engine.plan.json_form import to_json
from engine.plan.plan import Plan
from engine.plan.theme import statements
from engine.score import CHORDAL, Score
from engine.spotting import within
from engine.timeline.cue_sheet import moved, with_hits
from engine.video.boundaries import T_DIFF
from engine.video.cuts import SENSITIVITY
from engine.video.reader import open_video

if TYPE_CHECKING:
    from engine.model.runtime import Network
    from export.sound.splice import OlderSound

MOST_APART = 0.05
"""The most that a plan and its film may differ in length, in seconds."""

Phase = Literal["analyzing", "composing", "rendering"]
Progress = Callable[[float], None]
"""Receives the share of a phase that is done, 0..1."""


@dataclass(frozen=True, slots=True)
class Part:
    """A cue that is composed: its name, and the shares of all music before it and of its own."""

    name: str
    before: float
    share: float


class Phases(Protocol):
    """Entered for each phase, and for each cue of a reel; shows or reports its progress."""

    def __call__(self, phase: Phase, part: Part = ..., /) -> AbstractContextManager[Progress]:
        """part: the cue that is composed; left out where there is one piece."""


def analyze_film(request: Request, phases: Phases, scores: Path | None = None) -> CueSheet:
    """The cue sheet that a request asks for: of the film, or its own, with the user's changes.

    scores: a file that keeps what is measured. If it exists, the film is not decoded. Raises
    EmsyncError for a film that can't be read or does not fit the request, and for scores of another
    film or part.
    """
    with phases("analyzing") as progress:
        if request.cues is None:
            _check_early(request)
            if request.emotion_network is not None:
                card_of(Path(request.emotion_network))
            measured = _measured(request, scores, progress)
            cues = cue_sheet(
                measured,
                SENSITIVITY if request.sensitivity is None else request.sensitivity,
                T_DIFF if request.min_distance is None else request.min_distance,
                request.stretches_off,
                request.emotion_config,
            )
        else:
            video = open_video(Path(request.video)).video
            check_same_film(request.cues, video)
            timecode = request.cues.video.timecode or video.timecode
            cues = replace(request.cues, video=replace(video, timecode=timecode))
    return with_user_changes(cues, request)


def _measured(request: Request, scores: Path | None, progress: Progress) -> Measurements:
    """The film measured, or read from a file of scores that exists."""
    film, start = Path(request.video), request.start or 0.0
    if scores is not None and scores.exists():
        return read_measurements(scores, film, start, request.end)
    measured = measure(film, start, request.end, progress, request.experts)
    if scores is not None:
        write_measurements(measured, scores)
    return measured


def with_user_changes(cues: CueSheet, request: Request) -> CueSheet:
    """A film's cue sheet with the emotion, hits, cues and timecode that the user gave.

    The emotion of a hit goes before that of its section. Raises EmsyncError for boundaries or cues
    beyond the end, a timecode that the film's rate does not have, and a plan of another length.
    """
    check_times(request, cues.duration)
    if request.start_timecode is not None:
        cues = replace(cues, video=replace(cues.video, timecode=request.start_timecode))
        try:
            _ = cues.video.clock
        except ValueError as error:
            raise EmsyncError(f"start_timecode: {error}") from error
    mu_max = request.intensity
    if request.user_emotion != (None, None, None):
        changed = override(cues.sections, *request.user_emotion, mu_max=mu_max)
        cues = replace(cues, sections=changed)
    if request.emotion_turns:
        turns = [(turn.start, turn.end, turn.emotion) for turn in request.emotion_turns]
        cues = replace(cues, sections=turned(cues.sections, turns, mu_max))
    if request.spotting is not None:
        cues = replace(cues, spotting=within(request.spotting, cues.duration))
    given = request.boundaries or ()
    if request.boundaries is None or all(hit.is_off for hit in given):
        # Stretches without hits alone leave the film's own.
        given = (*cues.hits, *given)
    off = tuple(sorted({*cues.no_hits, *request.stretches_off}))
    marked = [hit for hit in boundary_hits(given) if hit.is_off or not is_within(hit.seconds, off)]
    sheet = with_hits(replace(cues, no_hits=off), marked, mu_max)
    return moved(sheet, request.hit_offset / cues.video.fps) if request.hit_offset else sheet


def _check_early(request: Request) -> None:
    """Check boundaries and plan before any work is spent on the film."""
    lists = request.boundaries, request.plan, request.spotting
    if lists == (None, None, None) and not request.emotion_turns:
        return
    duration = open_video(Path(request.video)).video.duration
    start, end = request.start or 0.0, duration if request.end is None else request.end
    # The analysis refuses a part that the film does not have.
    if start < end <= duration:
        check_times(request, end - start)


def check_times(request: Request, duration: float) -> None:
    """Check that a request's times and plan fit a film of ``duration`` seconds.

    Raises EmsyncError for boundaries, cues and emotions beyond the end, and for a plan of another
    length.
    """
    try:
        within(request.spotting or (), duration)
    except ValueError as error:
        raise EmsyncError(f"spotting: {error}") from error
    for turn in request.emotion_turns:
        if turn.start >= duration:
            raise EmsyncError(
                f"emotion: the one at {turn.start:g} s is beyond the end, {duration:.3f} s; "
                "remove it"
            )
    for number, hit in enumerate(request.boundaries or (), start=1):
        if hit.seconds > duration:
            raise EmsyncError(
                f"boundaries: number {number} ({hit.seconds:g} s) is beyond the end, "
                f"{duration:.3f} s; remove it, or give the timecode of the first frame "
                "(--start-timecode)"
            )
    if request.plan is not None and abs(request.plan.duration - duration) > MOST_APART:
        raise EmsyncError(
            f"plan: it lasts {request.plan.duration:.3f} s, but the film {duration:.3f} s; "
            "plan this film again, or leave the plan out"
        )


def score_film(
    request: Request,
    load: Callable[[], Network],
    folder: Path,
    phases: Phases,
    live: Live | None = None,
    scores: Path | None = None,
    soundfont: Path | None = None,
    ready: Callable[[], None] = lambda: None,
) -> tuple[CueSheet, Report]:
    """Score a film into ``folder``, which must exist; returns the cue sheet and the report.

    load: loads the network; called once the film has been analyzed. live: follows the first take
    while it is composed, and may change it. scores: a file that keeps what
    is measured of the film. soundfont: as for :func:`~bridge.scoring.rendering.renderer_for`.
    ready: called once the sound of the piece can be played.
    Raises EmsyncError for a film that can't be scored and a network that can't be loaded. It raises
    it too for a sound font that can't be read, and a folder that can't be written.
    """
    check_musescore(request.exports)
    warn_without_chords(request)
    begun = time.perf_counter()
    renderer = renderer_for(request, soundfont)
    cues = analyze_film(request, phases, scores)
    plan = request.plan_for(cues)
    composing = partial(phases, "composing")
    report, _ = compose_piece(request, cues, plan, load, folder, composing, begun, live)
    cues = replace(cues, sections=report.sections)
    steps = RenderSteps(ready)
    return cues, with_sound(report, renderer, request, cues, folder, phases, steps)


def with_sound(
    report: Report,
    renderer: Renderer | None,
    request: Request,
    cues: CueSheet,
    folder: Path,
    phases: Phases,
    steps: RenderSteps = NO_STEPS,
    older: OlderSound | None = None,
) -> Report:
    """Render the piece of a folder; returns its report with that, and writes it.

    steps, older: as for :func:`~bridge.scoring.rendering.render`.
    """
    if renderer is None:
        steps.between()
        return report
    with phases("rendering") as progress:
        rendered = render(
            renderer, request, cues, folder, progress=progress, steps=steps, older=older
        )
        return reported(report, rendered, folder)


def reported(report: Report, rendered: Rendered | None, folder: Path) -> Report:
    """A report with what was rendered, written again."""
    if rendered is None:
        return report
    timings = replace(
        report.timings,
        render=rendered.seconds,
        total=report.timings.total + rendered.seconds,
    )
    report = replace(report, timings=timings, rendered=rendered)
    write_report(report, folder / REPORT)
    return report


def warn_without_chords(request: Request) -> None:
    """Warn if nobody may play who can play a chord."""
    if not set(CHORDAL) & set(request.players):
        warnings.warn("without guitar and piano no chord can land on a boundary", stacklevel=3)


def compose_piece(
    request: Request,
    cues: CueSheet,
    plan: Plan | None,
    load: Callable[[], Network],
    folder: Path,
    composing: Callable[[], AbstractContextManager[Progress]],
    begun: float,
    live: Live | None = None,
    name: str = "",
    recall: Recall | None = None,
) -> tuple[Report, Score]:
    """Compose a piece and write its files into ``folder``; returns its report and its kept take.

    request: seed, takes and sampling. composing: entered to show progress. begun: when the analysis
    began, in seconds of ``time.perf_counter()``. name: of a cue; a marker says it. recall: the
    piece that this one varies. The rest is as for ``score_film``.
    """
    # Late, because these need onnxruntime.
    from engine.composing.planned import compose_planned_takes
    from engine.composing.takes import compose_takes
    from engine.live.composer import compose_live

    analyzed = time.perf_counter()
    network = load()
    loaded = time.perf_counter()
    # Before composing: whoever follows the piece needs it.
    write_cues(cues, folder / CUES)
    if plan is not None:
        write_atomically(folder / PLAN, to_json(plan))
    else:
        # That of an earlier piece.
        (folder / PLAN).unlink(missing_ok=True)
    if request.changes:
        live = Recorded(request.changes)
    theme = None if plan is None else request.placed_theme
    given = None if theme is None or plan is None else theme_given(plan, theme)
    config = replace(request.generation_config(), given=given, fingerprint=shipped_fingerprint())
    changes: tuple[LiveChange, ...] = ()

    def follow(cues: CueSheet, plan: Plan | None, change: LiveChange | None = None) -> Listener:
        assert live is not None
        return performing(live.follow(cues, plan, change), request, cues, plan)

    with composing() as progress:
        count = 1 if live is not None else request.takes

        def share(seconds: float) -> None:
            progress(seconds / (count * cues.duration))

        if live is not None and plan is not None and plan.phrases:
            piece = compose_live(cues, plan, network, config, live.next_change, follow, share)
            takes, plan, cues, changes = [piece.take], piece.plan, piece.cues, piece.changes
            write_cues(cues, folder / CUES)
            write_atomically(folder / PLAN, to_json(plan))
        else:
            listener = None if live is None else follow(cues, plan)
            takes = (
                compose_takes(cues, network, config, count, share, listener)
                if plan is None
                else compose_planned_takes(
                    cues, plan, network, config, count, share, listener, recall
                )
            )
    composed = time.perf_counter()
    kept = None if given is None else (lambda note: note if given.keeps(note) else None)
    played = performed(takes, request, cues, plan, kept)
    result, write_pages = write_notes(
        cues, plan, played, network, request.seed, folder, name, request.exports
    )
    write_pages()
    if theme is not None and plan is not None:
        begins = [plan.seconds_at(plan.bar_line(each.bar)) for each in statements(plan, theme)]
        result = replace(result, theme=tuple(begins))
    timings = Timings.between(begun, analyzed, loaded, composed, time.perf_counter())
    result = replace(
        result,
        timings=timings,
        dynamics=request.dynamics,
        humanize=request.humanize,
        expression=request.expression,
        intensity=request.intensity,
        changes=tuple(
            ReportedChange(change, plan.seconds_at(plan.bar_line(change.bar)))
            for change in changes
            if plan is not None
        ),
    )
    write_report(result, folder / REPORT)
    return result, result.takes.takes[0][0].score
