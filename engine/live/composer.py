"""Compose a piece that plays meanwhile, under controls that come while it is composed.

A control holds from a bar on. All music that begins before the bar is kept, and so is the length
of its notes. What was composed beyond it is dropped and composed anew under the changed plan
(:func:`~engine.live.directed.directed`). Nothing depends on when a control came, so the same
changes give the same piece again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from engine.composing.composition import Composition
from engine.composing.config import SHORT_CONTEXT, GenerationConfig
from engine.composing.infill import Given
from engine.composing.listener import Listener
from engine.composing.loop import carry_on
from engine.composing.planned import in_film_time, planned_asked, planned_config
from engine.composing.takes import RatedTake, rating_of
from engine.cues import CueSheet
from engine.live.control import LiveChange, with_change
from engine.live.directed import directed
from engine.model.runtime import Network
from engine.plan.plan import Plan
from engine.plan.timing import Timing

NextChange = Callable[[bool], LiveChange | None]
"""The next change, or None for none yet. With True the piece is complete: it waits for a change,
and None ends the piece."""
Follow = Callable[[CueSheet, Plan, LiveChange | None], Listener]
"""Makes the listener of what is composed from a change on; None from the start on. It is first
given all that is kept."""


@dataclass(frozen=True, slots=True)
class LivePiece:
    """A finished piece, with the plan, the cue sheet and the changes that it came to have."""

    take: RatedTake
    plan: Plan
    cues: CueSheet
    changes: tuple[LiveChange, ...]


def compose_live(
    cues: CueSheet,
    plan: Plan,
    network: Network,
    config: GenerationConfig,
    next_change: NextChange,
    follow: Follow,
    progress: Callable[[float], None] | None = None,
) -> LivePiece:
    """Compose one take for a plan under controls. All times are those of the film.

    plan: has phrases. config: seed and sampling. next_change: asked before every token. progress:
    called with the seconds of music so far, which fall at a change.
    """
    timing = Timing(plan)
    pace = cues.duration / timing.music_time(cues.duration)
    made: tuple[LiveChange, ...] = ()
    now_plan, now_cues = plan, cues
    given: Given | None = None
    while True:
        follows = None if not made else made[-1]
        listener = in_film_time(follow(now_cues, now_plan, follows), timing, cues.duration)
        first = 0 if follows is None else _step(timing, follows)
        if given is not None:
            ((_, end),) = given.spans
            listener(given.notes, given.chords, end)
        settings = planned_config(now_plan, config)
        if given is not None:
            settings = replace(settings, given=given, context=SHORT_CONTEXT)
        piece = Composition(
            Timing(now_plan).music_cues(now_cues), network.config, settings, listener, first
        )

        def show(piece: Composition = piece) -> None:
            if progress is not None:
                progress(piece.seconds * pace)

        change = _compose_until_change(piece, network, timing, next_change, show)
        if change is None:
            take = replace(piece.take, score=Timing(now_plan).film_score(piece.take.score))
            asked = planned_asked(now_plan, now_cues)
            rated = take, rating_of(take, asked, config.fingerprint)
            return LivePiece(rated, now_plan, now_cues, made)
        made = with_change(made, change)
        step = _step(timing, change)
        given = piece.composed_before(step) if step else None
        now_plan, now_cues = directed(plan, cues, made)


def _compose_until_change(
    piece: Composition,
    network: Network,
    timing: Timing,
    next_change: NextChange,
    show: Callable[[], None],
) -> LiveChange | None:
    """Compose until a change comes and all music before its bar is there; None: to the end."""
    change: LiveChange | None = None

    def stopped() -> bool:
        nonlocal change
        if change is None:
            change = next_change(False)
        return change is not None and piece.passed(_step(timing, change))

    carry_on(piece, network, show, stopped)
    return next_change(True) if change is None else change


def _step(timing: Timing, change: LiveChange) -> int:
    """The step of music time at which a change's bar begins."""
    return timing.plan.bar_line(change.bar) * timing.beat
