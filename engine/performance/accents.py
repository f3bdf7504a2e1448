"""The chords that mark boundaries, above the notes around them (paper, III-B2).

A chord is played harder than its score alone asks for. It is also louder, by a margin, than every
other note from a second before it to a second after it. What comes after a chord is not known when
it gets its velocity. So plain notes never reach the loudest velocities, and they keep below a chord
for the second after it.
"""

from __future__ import annotations

import math
from collections import deque

BOOST = 20
"""What a chord on a boundary adds to its velocity. It adds 40 in a flat score. Here 40 would put
nearly every chord at 127."""
MARGIN = 15
"""How much louder a chord is at least than the notes around it."""
AROUND = 1.0
"""Seconds before and after a chord in which it must be the loudest."""
LOUDEST = 127
PLAIN = LOUDEST - MARGIN
"""The loudest velocity of any other note."""
_BEND = 92.0
"""From here on, plain notes approach :data:`PLAIN` ever more slowly."""


def limited(velocity: float) -> float:
    """A velocity of any size, below :data:`PLAIN`; soft ones are left as they are."""
    if velocity <= _BEND:
        return velocity
    room = PLAIN - _BEND
    return PLAIN - room * math.exp((_BEND - velocity) / room)


class Accents:
    """Sets chords above their surroundings. Notes come by onset."""

    def __init__(self) -> None:
        self._plain: deque[tuple[float, int]] = deque()
        """Onset and velocity of the plain notes of the last second, the loudest first."""
        self._chords: deque[tuple[float, int]] = deque()
        """The same of chords, the softest first."""

    def plain(self, onset: float, velocity: float) -> int:
        """The velocity of a plain note, kept below the chords of the last second."""
        self._forget(onset)
        if self._chords:
            velocity = min(velocity, self._chords[0][1] - MARGIN)
        whole = max(1, round(velocity))
        self.keep(onset, whole, is_chord=False)
        return whole

    def chord(self, onset: float, velocity: float) -> int:
        """The velocity of a chord's note, kept above the plain notes of the last second."""
        self._forget(onset)
        if self._plain:
            velocity = max(velocity, self._plain[0][1] + MARGIN)
        whole = min(LOUDEST, max(1, round(velocity)))
        self.keep(onset, whole, is_chord=True)
        return whole

    def keep(self, onset: float, velocity: int, is_chord: bool) -> None:
        """Take note of a note whose velocity is decided."""
        queue, sign = (self._chords, 1) if is_chord else (self._plain, -1)
        while queue and sign * (queue[-1][1] - velocity) >= 0:
            queue.pop()
        queue.append((onset, velocity))

    def _forget(self, onset: float) -> None:
        # A hair more than a second, as onsets are rounded in files.
        for queue in (self._plain, self._chords):
            while queue and queue[0][0] < onset - AROUND - 1e-3:
                queue.popleft()
