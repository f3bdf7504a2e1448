"""Gives the notes of composed pieces their velocities, also while they are composed.

Files, live playback and everything made of them have their velocities from here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.scoring.request import Request
from engine.composing.listener import Listener
from engine.cues import CueSheet
from engine.performance.performer import PerformanceConfig, Performer, perform
from engine.plan import mood
from engine.plan.plan import DYNAMICS, Plan, phrase_lines
from engine.plan.timing import Timing
from engine.score import Note, Score

if TYPE_CHECKING:
    from engine.composing.takes import RatedTake


NEARER = 0.7
"""The power that brings the levels of dynamic marks nearer together. The marks are those of flat
notes. Songs lie between .76 and 1.23 times their median level (10th to 90th percentile)."""


def performance_config(
    request: Request, cues: CueSheet, plan: Plan | None, take: int = 0
) -> PerformanceConfig:
    """How a take's notes are performed.

    The dynamics of the plan's phrases set the level; without phrases, the film's arousal does.
    """
    marks = [
        (section.start, mood.dynamics(section.arousal))
        for section in cues.sections
        if not math.isnan(section.arousal)
    ]
    if plan is not None and plan.phrases:
        lines = map(plan.seconds_at, phrase_lines(plan))
        marks = list(zip(lines, (phrase.dynamics for phrase in plan.phrases), strict=True))
    levels = tuple((seconds, DYNAMICS[mark] ** NEARER) for seconds, mark in marks)
    return PerformanceConfig(request.dynamics, (request.seed, take), levels)


def performed(
    takes: Sequence[RatedTake],
    request: Request,
    cues: CueSheet,
    plan: Plan | None,
    kept: Callable[[Note], bool] | None = None,
) -> list[RatedTake]:
    """Takes with their notes performed. kept: the notes whose velocities stay as they are."""

    def with_velocities(score: Score, number: int) -> Score:
        return perform(score, performance_config(request, cues, plan, number), kept)

    return [
        (replace(take, score=with_velocities(take.score, number)), rating)
        for number, (take, rating) in enumerate(takes)
    ]


def performing(listener: Listener, request: Request, cues: CueSheet, plan: Plan | None) -> Listener:
    """A listener of notes as composed that hands them on with the first take's velocities."""
    beat_map = None if plan is None else Timing(plan).beat_map
    performer = Performer(performance_config(request, cues, plan), beat_map)

    def listen(notes: tuple[Note, ...], chords: tuple[float, ...], until: float) -> None:
        # At the end nothing waits any more, wherever it begins.
        known = math.inf if until >= cues.duration else until
        listener(performer.push(notes, chords, known), chords, until)

    return listen
