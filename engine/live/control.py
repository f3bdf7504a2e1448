"""What a user asks of a piece that is composed while it plays, and from which bar on."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.emotion.sections import override
from engine.errors import EmsyncError
from engine.music.conditions import parse_conditions
from engine.plan.plan import LATEST_PHRASE, Plan
from engine.score import Instrument

EARLY = 0.002
"""Seconds by which a note may come before the bar line that it belongs to: times are rounded."""

HEADROOM = 2.5
"""Seconds that the composer has at least, or a bar if that is shorter. On a machine with other work
the first seconds after a change take it 0.7 to 1.7 s."""
LEAST_HEADROOM = 0.5
"""Seconds that it has at least beyond what is handed over."""


@dataclass(frozen=True, slots=True)
class LiveControl:
    """What is asked of the music from a bar on; None for what the plan and the film say.

    valence, arousal: -1..1. density: notes a second. instruments: who plays.

    Raises EmsyncError for a value out of range, and where nobody plays.
    """

    valence: float | None = None
    arousal: float | None = None
    density: float | None = None
    instruments: tuple[Instrument, ...] | None = None

    def __post_init__(self) -> None:
        override((), None, self.valence, self.arousal)
        parse_conditions(density=self.density)
        if self.instruments is not None and not self.instruments:
            raise EmsyncError("instruments: name one or more; somebody has to play")

    @property
    def feels(self) -> bool:
        """Whether an emotion is asked for."""
        return (self.valence, self.arousal) != (None, None)


@dataclass(frozen=True, slots=True)
class LiveChange:
    """From this bar on, counted from 1, the control holds. It replaces the one before."""

    bar: int
    control: LiveControl


def with_change(changes: Iterable[LiveChange], change: LiveChange) -> tuple[LiveChange, ...]:
    """The changes that hold once another one has come: those from its bar on are gone."""
    return (*(before for before in changes if before.bar < change.bar), change)


def next_bar(
    bars: Sequence[tuple[int, float]], position: float, ahead: float
) -> tuple[int, float] | None:
    """The bar from which a control holds that comes now, and when it begins; None if none is left.

    bars: of :func:`first_bars`. position, ahead: where playback is, and up to where it has handed
    over what it plays, in seconds; both are equal where it rests. The bar begins within two bars
    from now, if a bar lasts a second or more.
    """
    earliest = position - EARLY
    if ahead > position:
        starts = [start for _, start in bars]
        here = max(0, min(bisect_right(starts, position), len(starts) - 1) - 1)
        length = starts[here + 1] - starts[here] if len(starts) > here + 1 else HEADROOM
        earliest = max(position + min(length, HEADROOM), ahead + LEAST_HEADROOM)
    return next(((bar, start) for bar, start in bars if start >= earliest), None)


def first_bars(plan: Plan) -> tuple[tuple[int, float], ...]:
    """The bars from which a control can hold, and when each begins in seconds of the film.

    No note begins after the last chord, so no control holds from there on.
    """
    last = plan.duration - LATEST_PHRASE
    if plan.last_chord is not None:
        last = min(last, plan.seconds_at(plan.last_chord) - EARLY)
    starts = ((bar, plan.seconds_at(line)) for bar, line in enumerate(plan.bar_lines(), start=1))
    return tuple((bar, start) for bar, start in starts if start <= last)
