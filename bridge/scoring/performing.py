"""Performs the notes of composed pieces, also while they are composed.

Files, live playback and everything made of them have velocities and lengths from here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bridge.scoring.request import Request
from engine.composing.listener import Listener
from engine.cues import CueSheet
from engine.performance.controllers import controls
from engine.performance.performer import (
    AT_ONCE,
    Kept,
    PerformanceConfig,
    Performer,
    perform_both,
)
from engine.plan.loudness import bar_times, levels
from engine.plan.mood import brightness
from engine.plan.plan import Plan
from engine.plan.timing import Timing
from engine.score import Note, Score

if TYPE_CHECKING:
    from engine.composing.takes import RatedTake


def performance_config(
    request: Request, cues: CueSheet, plan: Plan | None, take: int = 0
) -> PerformanceConfig:
    """How a take's notes are performed."""
    bright = tuple((each.start, brightness(each.valence, each.arousal)) for each in cues.sections)
    return PerformanceConfig(
        request.dynamics,
        (request.seed, take),
        levels(cues.sections, plan),
        request.humanize,
        bright,
    )


@dataclass(frozen=True, slots=True)
class PerformedTake:
    """A take and its rating. rated: with its notes as they are played. written: its score with the
    times as composed, which is what notation shows."""

    rated: RatedTake
    written: Score


def performed(
    takes: Sequence[RatedTake],
    request: Request,
    cues: CueSheet,
    plan: Plan | None,
    kept: Kept | None = None,
) -> list[PerformedTake]:
    """Takes with their notes performed. kept: the notes that stay as they were performed."""
    found = []
    for number, (take, rating) in enumerate(takes):
        config = performance_config(request, cues, plan, number)
        written, played = perform_both(take.score, config, kept)
        if request.expression:
            played = replace(played, controls=controls(played, config.levels, bar_times(plan)))
        found.append(PerformedTake((replace(take, score=played), rating), written))
    return found


def performing(listener: Listener, request: Request, cues: CueSheet, plan: Plan | None) -> Listener:
    """A listener of notes as composed that hands them on as the first take performs them."""
    beat_map = None if plan is None else Timing(plan).beat_map
    performer = Performer(performance_config(request, cues, plan), beat_map)

    waiting: list[Note] = []
    marks: list[float] = []
    handed = 0.0

    def listen(notes: tuple[Note, ...], chords: tuple[float, ...], until: float) -> None:
        nonlocal handed
        waiting.extend(notes)
        marks.extend(chords)
        ends = until >= cues.duration
        if until < handed + AT_ONCE and not ends:
            return
        # At the end nothing waits any more, wherever it begins.
        played = performer.push(tuple(waiting), tuple(marks), math.inf if ends else until)
        listener(played, tuple(marks), until)
        waiting.clear()
        marks.clear()
        handed = until

    return listen
