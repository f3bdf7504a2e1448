"""What is played, and what a player reports.

Times are seconds from the piece's zero, unless said otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from engine.errors import EmsyncError
from engine.score import Control, Note

State = Literal["stopped", "playing", "paused", "waiting"]
Kind = Literal["note", "chord", "boundary", "state"]

SHORTEST_LOOP = 0.1
"""Seconds of the shortest loop."""


@dataclass(frozen=True, slots=True)
class Piece:
    """notes: by onset. chords, boundaries and bars (where known): rising. controls: by time.
    duration: in seconds. film_rate: the film's frames a second, where it is known."""

    notes: tuple[Note, ...]
    chords: tuple[float, ...]
    boundaries: tuple[float, ...]
    duration: float
    controls: tuple[Control, ...] = ()
    bars: tuple[float, ...] = ()
    film_rate: float | None = None

    def extended(self, notes: Iterable[Note], chords: Iterable[float], until: float) -> Piece:
        """With more notes and chords, which come after its own; it lasts up to ``until`` or on."""
        return replace(
            self,
            notes=(*self.notes, *notes),
            chords=(*self.chords, *chords),
            duration=max(self.duration, until),
        )

    def up_to(self, seconds: float) -> Piece:
        """Without the notes and chords from a position on, and as long as before."""
        return replace(
            self,
            notes=tuple(note for note in self.notes if note.onset < seconds),
            chords=tuple(chord for chord in self.chords if chord < seconds),
        )

    def loop(self, begin: float, end: float | None = None) -> tuple[float, float]:
        """The begin and end of a loop; end None: that of the piece.

        Raises EmsyncError for a loop that is too short, or not within the piece.
        """
        end = self.duration if end is None else end
        if not 0 <= begin <= end - SHORTEST_LOOP or end > self.duration:
            raise EmsyncError(
                f"loop {begin:g}-{end:g}: give two times of the piece "
                f"(0-{self.duration:g}) that lie {SHORTEST_LOOP} s apart or more"
            )
        return begin, end


@dataclass(frozen=True, slots=True)
class Status:
    """The status of a player.

    state: ``waiting`` while too little is composed, or while the output stalls.
    position, duration: in seconds.
    loop: its begin and end.
    reserve: seconds of composed music ahead of the position.
    late: how many messages were sent more than 3 ms after their moment.
    follows: the name of the transport that is followed.
    fault: why playback stopped by itself.
    trouble: what keeps the output from sending now.
    shortage: why the music of a piece ran out that is still composed, and what helps.
    output: its name.
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
    shortage: str | None = None
    output: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """Something passes at ``seconds`` of the piece and at ``when`` of ``time.monotonic()``.

    note: set if kind is ``note``. status: set if kind is ``state``.
    """

    kind: Kind
    seconds: float
    when: float
    note: Note | None = None
    status: Status | None = None
