"""How a guitar plays the notes of a chord one after the other.

Counted in 265 training songs whose guitar chords do not begin at once. On the beat 87% of the
strokes go down (low to high). On the other eighths 63% do, and between eighths 36%. The span from
the first note to the last lies between 9 and 27 ms in half of the songs.
"""

from __future__ import annotations

from collections.abc import Sequence

LEAST_NOTES = 3
"""Notes of a chord that is strummed."""
SPANS = (0.009, 0.018)
"""Between which spans a piece's strokes lie, in seconds. Longer ones would leave the grid."""
_DOWN = (0.87, 0.40, 0.63, 0.33)
"""The share of down strokes at each sixteenth of a beat."""
_ANYWHERE = 0.7
"""The same where the place is unknown, or is no sixteenth."""
_ON_GRID = 0.1
"""How far from a sixteenth a place may lie, in sixteenths."""


def is_down(place: float, draw: float) -> bool:
    """Whether a stroke goes down.

    place: quarter notes since the bar line, negative if unknown. draw: 0..1.
    """
    sixteenth = round(place * 4)
    known = place >= 0 and abs(place * 4 - sixteenth) <= _ON_GRID
    return draw < (_DOWN[sixteenth % 4] if known else _ANYWHERE)


def delays(pitches: Sequence[int], span: float, down: bool) -> list[float]:
    """Seconds by which each note of a chord comes late; the first of the stroke does not.

    pitches: rising. span: from the first note to the last, in seconds.
    """
    last = max(len(pitches) - 1, 1)
    rising = [span * number / last for number in range(len(pitches))]
    return rising if down else rising[::-1]
