"""From seconds of the system's clock to frames of the sound card's.

A process callback starts late by anything from microseconds to milliseconds; the least late of
many is a good observation of the moment of its frame. The two clocks run apart, by some parts in
100,000 and by whole periods when a server misses some. A DAW's film, sound and takes go by frames:
while music plays they alone count, and the clocks are set anew when it does not.
"""

from __future__ import annotations

from collections import deque

_WINDOW = 0.5
"""Seconds of callbacks of which the least late one counts."""
_SETTLING = 8
"""So many callbacks must be heard before the least late one is worth much."""
_BROKEN = 0.3
"""So many seconds off is more than music is handed over ahead: the clocks have jumped."""
_WRAP = 1 << 32


class FrameClock:
    """The moment of each cycle's first frame. Frames are of 32 bits and wrap."""

    def __init__(self, rate: float) -> None:
        """rate: frames a second."""
        self._rate = rate
        self._cycle = 0, 0.0
        """The last cycle's first frame, and its moment."""
        self._shift = 0.0
        """All corrections so far, in seconds."""
        self._seen = 0
        self._late: deque[tuple[float, float]] = deque()
        """(moment, lateness + shift then) of recent callbacks, the latter rising: the first is
        the least late of the window."""

    @property
    def settled(self) -> bool:
        """Whether enough callbacks were heard to go by."""
        return self._seen >= _SETTLING

    def observe(self, frame: int, now: float, steady: bool = False) -> float:
        """A cycle that begins at ``frame`` was called back at ``now``; the moment, in seconds of
        the system's clock, that ``frame`` falls on.

        steady: music is on its way; frames alone count now, whatever the system's clock says.
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
        """The moment of a frame not far from the last cycle."""
        before, moment = self._cycle
        return moment + self._seconds(frame - before)

    def _seconds(self, frames: int) -> float:
        return ((frames + _WRAP // 2) % _WRAP - _WRAP // 2) / self._rate

    def _least_late(self, now: float, late: float) -> float:
        """The least lateness of late, were all corrections made already then."""
        late += self._shift
        while self._late and self._late[-1][1] >= late:
            self._late.pop()
        self._late.append((now, late))
        while self._late[0][0] < now - _WINDOW:
            self._late.popleft()
        return self._late[0][1] - self._shift
