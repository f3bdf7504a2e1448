"""Converts frames of the sound card to seconds of the system clock.

A process callback starts microseconds to milliseconds after its cycle begins. The least late of
many callbacks is a good observation of the moment of its frame. The two clocks drift apart by some
parts in 100,000, and by whole periods when a server misses some. A DAW's film, sound and recordings
are timed in frames. So while music plays only frames count, and the clocks are aligned again when
it rests.
"""

from __future__ import annotations

from collections import deque

_WINDOW = 0.5
"""The seconds of recent callbacks among which the least late one counts."""
_SETTLING = 8
"""The callbacks needed before the least late one is a good estimate."""
_BROKEN = 0.3
"""An error of more seconds than music is queued ahead: the clocks have jumped."""
_WRAP = 1 << 32


class FrameClock:
    """The moment of each cycle's first frame. Frame numbers have 32 bits and wrap."""

    def __init__(self, rate: float) -> None:
        """rate: frames a second."""
        self._rate = rate
        self._cycle = 0, 0.0
        """The last cycle's first frame, and its moment."""
        self._shift = 0.0
        """The sum of all corrections so far, in seconds."""
        self._seen = 0
        self._late: deque[tuple[float, float]] = deque()
        """(moment, lateness + shift at that time) of recent callbacks, the latter rising: the
        first is the least late of the window."""

    @property
    def settled(self) -> bool:
        """Whether there were enough callbacks for a good estimate."""
        return self._seen >= _SETTLING

    def observe(self, frame: int, now: float, steady: bool = False) -> float:
        """Record a callback at ``now`` for a cycle that begins at ``frame``.

        Returns the moment of ``frame``, in seconds of the system clock. steady: music is playing,
        so only frames count, whatever the system clock says.
        """
        before, moment = self._cycle
        moment = moment + self._seconds(frame - before) if self._seen else now
        self._seen += 1
        error = self._least_late(now, now - moment)
        if steady and self.settled and abs(error) < _BROKEN:
            error = 0.0
        self._shift += error
        self._cycle = frame, moment + error
        return moment + error

    def moment_of(self, frame: int) -> float:
        """The moment of a frame close to the last cycle."""
        before, moment = self._cycle
        return moment + self._seconds(frame - before)

    def _seconds(self, frames: int) -> float:
        return ((frames + _WRAP // 2) % _WRAP - _WRAP // 2) / self._rate

    def _least_late(self, now: float, late: float) -> float:
        """The least lateness in the window, as if all corrections had applied from its start."""
        late += self._shift
        while self._late and self._late[-1][1] >= late:
            self._late.pop()
        self._late.append((now, late))
        while self._late[0][0] < now - _WINDOW:
            self._late.popleft()
        return self._late[0][1] - self._shift
