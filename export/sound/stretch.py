"""The frames that must be played anew where some events of a piece have changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.score import Instrument
from export.sound.blocks import RATE
from export.sound.changes import changed_stretch
from export.sound.events import programs
from export.sound.fonts import longest_release
from export.sound.gain import REACH, REACH_BACK, WINDOW
from export.sound.room import LENGTH
from export.sound.soundfont import SoundFont
from export.sound.synthesizer import TAIL, Event

LONGEST = 120.0
"""Seconds of the longest stretch, which is played in memory."""
_LARGEST = 0.7
"""The share of a piece from which on it is played as a whole."""
_MEETS = 100 * WINDOW
"""Frames at each end in which the new sound must be the old."""
_SPARE = 0.05
"""Seconds after its release in which a note may still be heard."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Frames of a splice: played from ``start`` to ``end``, of which ``first`` to ``last`` take
    the place of the old sound."""

    start: int
    first: int
    last: int
    end: int


def tail_of(events: Sequence[Event], instrument: Instrument, font: SoundFont) -> float:
    """The seconds in which a note of a part dies away."""
    return min(TAIL, longest_release(font, instrument, programs(tuple(events))) + _SPARE)


def stretch_to_play(
    old: Mapping[Instrument, Sequence[Event]],
    new: Mapping[Instrument, Sequence[Event]],
    tails: Mapping[Instrument, float],
    frames: int,
) -> Stretch | None:
    """What must be played; None where that is nearly all of the piece, or too long.

    old, new: the events of each part. tails: the seconds in which its notes die away. frames: of
    the piece. Where nothing has changed, the stretch has no frames.
    """
    found = [changed_stretch(old.get(i, ()), new[i], frames, tails[i]) for i in new]
    changed = [each for each in found if each is not None]
    if not changed:
        return Stretch(0, 0, 0, 0)
    start, end = min(start for start, _ in changed), max(end for _, end in changed)
    first = max(0, (start - REACH_BACK) // WINDOW * WINDOW)
    last = min(frames, -(-(end + LENGTH + REACH) // WINDOW) * WINDOW)
    begin = max(0, first - _MEETS - REACH)
    until = min(frames, last + _MEETS + REACH_BACK)
    is_small = until - begin <= min(_LARGEST * frames, LONGEST * RATE)
    return Stretch(begin, first, last, until) if is_small else None
