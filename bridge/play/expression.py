"""Swells (CC 11) and pedal (CC 64) of a piece that has none in its file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bridge.play.piece import Piece
from engine.cues import CueSheet
from engine.performance.controllers import controls, swells
from engine.plan.loudness import bar_times, levels
from engine.plan.plan import Plan
from engine.plan.timing import Timing
from engine.score import Control, Score
from engine.section import Section


def expression(sections: Sequence[Section]) -> tuple[Control, ...]:
    """The swells of a piece without a plan, by the arousal of its sections."""
    return swells(levels(sections, None), sections[-1].end) if sections else ()


def expressed(piece: Piece, cues: CueSheet, plan: Plan | None) -> Piece:
    """The piece with the controllers that ``emsync score --expression`` writes."""
    harmony = () if plan is None else tuple(Timing(plan).harmony())
    score = Score(piece.notes, (), (), piece.duration, harmony=harmony)
    return replace(piece, controls=controls(score, levels(cues.sections, plan), bar_times(plan)))
