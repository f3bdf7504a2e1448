"""Where playback stands: an immutable snapshot that any thread can read without a lock."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.midi.output import Output
from bridge.play.piece import Piece, State, Status

_EMPTY = Piece((), (), (), 0.0)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Maps seconds of a piece to moments of ``time.monotonic()``.

    Position ``position`` falls on the moment ``when``; from there ``rate`` seconds of the piece
    pass a second.
    """

    when: float
    position: float
    rate: float = 1.0

    def when_at(self, position: float) -> float:
        """The moment of a position."""
        return self.when + (position - self.position) / self.rate

    def position_at(self, when: float) -> float:
        """The position at a moment."""
        return self.position + (when - self.when) * self.rate


@dataclass(frozen=True, slots=True)
class Playhead:
    """State and position of a player. Positions are seconds from the piece's zero.

    resting: the position from which playback goes on, while it does not play.
    timelines: by ``when``, at least one while it plays. The last that has begun is valid now.
    known: the piece is composed up to here.
    loop: its begin and end. follows: the name of the transport that is followed.
    fault: why playback stopped by itself. shortage: why the music of an unfinished piece ran out.
    """

    state: State = "stopped"
    piece: Piece = _EMPTY
    known: float = 0.0
    resting: float = 0.0
    timelines: tuple[Timeline, ...] = ()
    loop: tuple[float, float] | None = None
    follows: str | None = None
    fault: str | None = None
    shortage: str | None = None

    @property
    def finished(self) -> bool:
        """Whether the whole piece is composed."""
        return self.known >= self.piece.duration

    def passed(self, when: float) -> float:
        """The position that the timelines give for the moment ``when``.

        It may lie beyond the piece's end, or beyond what is composed.
        """
        if self.state != "playing":
            return self.resting
        timeline = self.timelines_from(when)[0]
        return timeline.position_at(max(when, timeline.when))

    def position(self, when: float) -> float:
        """The position that is heard at the moment ``when``."""
        passed = self.passed(when)
        return min(passed, self.known) if self.state == "playing" else passed

    def timelines_from(self, when: float) -> tuple[Timeline, ...]:
        """The timeline that is valid at the moment ``when``, and those after it."""
        begun = sum(timeline.when <= when for timeline in self.timelines[1:])
        return self.timelines[begun:]

    def status(self, output: Output, when: float) -> Status:
        """The status of a player with this output at the moment ``when``."""
        position = self.position(when - output.latency)
        return Status(
            state=self.state,
            position=position,
            duration=self.piece.duration,
            loop=self.loop,
            reserve=max(self.known - position, 0.0),
            late=output.lateness().late,
            follows=self.follows,
            fault=self.fault,
            trouble=output.trouble(),
            shortage=self.shortage,
            output=output.name,
        )
