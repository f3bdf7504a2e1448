"""The cue sheet that a request asks for: of its film, or its own, with the user's changes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bridge.scoring.phases import Phases, Progress
from bridge.scoring.request import Request
from engine.analysis import cue_sheet, measure
from engine.cues import CueSheet, check_same_film
from engine.emotion.fusion_network import card_of
from engine.errors import EmsyncError
from engine.hits import boundary_hits, is_within
from engine.measurements import Measurements, read_measurements, write_measurements
from engine.spotting import within
from engine.timeline.cue_sheet import moved, with_hits
from engine.video.boundaries import T_DIFF
from engine.video.cuts import SENSITIVITY
from engine.video.reader import open_video

MOST_APART = 0.05
"""The most that a plan and its film may differ in length, in seconds."""


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
    cues = replace(cues, sections=request.user_emotion.applied(cues.sections, mu_max))
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
    if lists == (None, None, None) and not request.user_emotion.turns:
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
    for turn in request.user_emotion.turns:
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
