"""The long chords that mark musical boundaries (paper, III-B2).

The paper asks for three or more simultaneous notes of guitar or piano that last two beats. Players
strum and release early, so both ends have a tolerance of an eighth of a beat. Tried on Lakh songs,
this definition keeps the paper's meaning and labels twice as many songs as exact simultaneity.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from engine.arrays import Floats, Ints

MIN_PITCHES = 3
MIN_BEATS = 2.0
GRACE = 1 / 8
"""How far apart a chord's onsets may be, and how much too short its notes, in beats."""
APART = 1 / 4
"""Chords closer than this, in beats, count as one."""

Part = tuple[Floats, Floats, Ints]
"""The notes of one instrument: onsets and ends in beats, and pitches; three of [n]."""


def chord_onsets(parts: Iterable[Part]) -> Floats:
    """The onsets of the long chords in any part, in beats, rising: those of their first notes."""
    found = sorted(onset for part in parts for onset in _part_chords(*part))
    chords: list[float] = []
    for onset in found:
        if not chords or onset - chords[-1] >= APART:
            chords.append(onset)
    return np.array(chords, np.float64)


def _part_chords(onsets: Floats, ends: Floats, pitches: Ints) -> Iterator[float]:
    # A new onset of a pitch ends its active note. Of two notes with one onset the longer is kept.
    order = np.lexsort((ends, onsets, pitches))
    onsets, ends, pitches = onsets[order], ends[order], pitches[order]
    same = pitches[1:] == pitches[:-1]
    ends = np.append(np.where(same, np.minimum(ends[:-1], onsets[1:]), ends[:-1]), ends[-1:])
    long = ends - onsets >= MIN_BEATS - GRACE
    order = np.argsort(onsets[long], kind="stable")
    onsets, pitches = onsets[long][order], pitches[long][order]
    last = np.searchsorted(onsets, onsets + GRACE, "right")
    i = 0
    while i < len(onsets):
        if len(set(pitches[i : last[i]].tolist())) >= MIN_PITCHES:
            yield float(onsets[i])
            i = int(last[i])
        else:
            i += 1
