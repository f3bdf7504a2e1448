"""What is played, and what is told of playing. Times without another word are seconds from the
piece's zero."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.score import Instrument, Note

State = Literal["stopped", "playing", "paused", "waiting"]
Kind = Literal["note", "chord", "boundary", "state"]


@dataclass(frozen=True, slots=True)
class Control:
    """A controller's new value, 0..127."""

    seconds: float
    instrument: Instrument
    controller: int
    value: int


@dataclass(frozen=True, slots=True)
class Piece:
    """notes: by onset. chords, boundaries, bars (where known): rising. controls: by time.
    duration: in seconds."""

    notes: tuple[Note, ...]
    chords: tuple[float, ...]
    boundaries: tuple[float, ...]
    duration: float
    controls: tuple[Control, ...] = ()
    bars: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Status:
    """How playing stands.

    state: ``waiting`` when the music composed so far has run out, or the way out stands still.
    position, duration: seconds. loop: its begin and end. reserve: seconds of music ahead of the
    position. late: messages that left more than 3 ms after their moment. follows: whose transport
    is followed. fault: why playing stopped of itself. trouble: what keeps notes from leaving now.
    output: where they go.
    """

    state: State
    position: float
    duration: float
    loop: tuple[float, float] | None
    reserve: float
    late: int
    follows: str | None
    fault: str | None = None
    trouble: str | None = None
    output: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """Something passes at ``seconds`` of the piece, which is ``when`` of ``time.monotonic()``.

    note: of a ``note``. status: of a ``state``.
    """

    kind: Kind
    seconds: float
    when: float
    note: Note | None = None
    status: Status | None = None
