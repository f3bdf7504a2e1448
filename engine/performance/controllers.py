"""Controllers that players of strings and piano use: swells (CC 11) and the sustain pedal (CC 64).

Of 2,800 training songs, 17% swell in the strings and 26% use the pedal of a piano. The pedal goes
down once a bar in the median. In 88% of its tracks it is lifted at changes of the bass more often
than at other times.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np

from engine.score import Control, Instrument, Note, Score

EXPRESSION, PEDAL = 11, 64
"""The numbers of the controllers."""
LOW, HIGH = 84, 112
"""Between which values strings swell: 5 dB in General MIDI, where velocities are much louder."""
PEAK = 2 / 3
"""The part of a phrase after which a swell is at its peak."""
_MARK = 1.17
"""How much louder the next phrase must be for a full crescendo: about one dynamic mark."""
_STEP = 0.1
"""Seconds between two values."""
DOWN, UP = 127, 0
"""Values of the pedal."""
AFTER = 0.1
"""Seconds after a chord before the pedal goes down again."""
LEAST = 0.15
"""The least time in seconds that the pedal is down."""
_SAME = 0.01
"""Changes that lie nearer together are one, in seconds."""


def controls(
    score: Score, levels: Sequence[tuple[float, float]], bars: Sequence[float]
) -> tuple[Control, ...]:
    """The swells and the pedal of a score, by time.

    levels: as for :func:`swells`. bars: as planned; those of the score may lack some at its end.
    """
    pedalled = pedal(score.notes, score.harmony, bars, score.duration)
    found = (*swells(levels, score.duration), *pedalled)
    return tuple(sorted(found, key=lambda change: change.seconds))


def swells(levels: Sequence[tuple[float, float]], duration: float) -> tuple[Control, ...]:
    """Expression of the strings along phrases.

    Each phrase swells up to its peak and falls. Before a louder phrase it rises up to the line.
    levels: seconds, rising, and how loud the piece is from there on, as a share of the usual
    loudness. There is a value at the start, then one at each change, at most ten a second.
    """
    inside = [(max(start, 0.0), level) for start, level in levels if start < duration]
    if not inside:
        return ()
    points, values = [0.0], [float(LOW)]
    # After the last phrase it is as loud as before, so that the piece ends softly.
    for (start, level), (end, after) in pairwise([*inside, (duration, inside[-1][1])]):
        rise = min(max(math.log(after / level) / math.log(_MARK), 0.0), 1.0)
        points += [start + PEAK * (end - start), end]
        values += [float(HIGH), LOW + (HIGH - LOW) * rise]
    times = np.arange(0.0, duration, _STEP)
    curve = np.rint(np.interp(times, points, values)).astype(int)
    changes = np.flatnonzero(np.diff(curve, prepend=-1))
    return tuple(
        Control(float(times[i]), Instrument.STRINGS, EXPRESSION, int(curve[i])) for i in changes
    )


def pedal(
    notes: Iterable[Note],
    harmony: Sequence[tuple[float, str]],
    bars: Sequence[float],
    duration: float,
) -> Iterator[Control]:
    """The piano's pedal: lifted at each chord and bar, and down again a little later.

    It goes down after the last note of the chord before has ended, so it never holds notes of two
    chords. Where no piano begins, it stays up. Without harmony there is none. harmony: seconds from
    which each chord holds, and its symbol; rising. bars: in seconds, rising.
    """
    played = sorted(
        (note for note in notes if note.instrument is Instrument.PIANO), key=lambda n: n.onset
    )
    if not harmony or not played:
        return
    onsets = [note.onset for note in played]
    for start, end in pairwise([*_changes(harmony, bars, duration), duration]):
        first, last = (bisect_left(onsets, time - _SAME / 2) for time in (start, end))
        held = max((note.end for note in played[:first]), default=start)
        down = max(start + AFTER, held)
        if first < last and down <= end - LEAST:
            yield Control(down, Instrument.PIANO, PEDAL, DOWN)
            yield Control(end, Instrument.PIANO, PEDAL, UP)


def _changes(
    harmony: Sequence[tuple[float, str]], bars: Sequence[float], duration: float
) -> list[float]:
    found: list[float] = []
    for time in sorted([*(seconds for seconds, _ in harmony), *bars]):
        if time < duration - _SAME and (not found or time - found[-1] > _SAME):
            found.append(time)
    return found
