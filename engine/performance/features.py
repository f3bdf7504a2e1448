"""What a score says of a note that is about to be performed.

Every feature is a small whole number, a row of the network's first layer. None looks beyond the
note's own instant, so a piece that still grows gives the same features as the finished one.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.arrays import Floats, Ints
from engine.music.vocabulary import INSTRUMENTS
from engine.performance.passage import Passage
from engine.score import Instrument

PARTS = len(INSTRUMENTS)
DRUMS = INSTRUMENTS.index(Instrument.DRUMS)
MEMORY = 2.0
"""Seconds before a note in which the density is counted."""
_BEATS = 8
"""Beats of a bar that are distinguished; later ones count as the last."""
PLACES = 256
"""Twelfths of a beat in a bar that are distinguished; later ones count as the last."""
TWELFTHS = 12
"""Parts of a beat that are distinguished: sixteenths and triplets."""
_SECONDS = (0.06, 0.12, 0.18, 0.25, 0.35, 0.5, 0.75, 1.0, 1.5, 2.5, 4.0)
"""Edges of classes of time."""
_COUNTS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48)
"""Edges of classes of density, in notes."""
_WIDEST = 13
"""Semitones from which on all leaps are alike."""
_TIMES, _DENSITIES = len(_SECONDS) + 1, len(_COUNTS) + 1

SIZES = (
    PARTS * (_BEATS * 4 + 1),
    PARTS * (TWELFTHS + 1),
    2 * 128,
    PARTS * 16,
    PARTS * 8,
    2 * _WIDEST + 2,
    PARTS * _TIMES,
    PARTS * _TIMES,
    _TIMES,
    PARTS * _DENSITIES,
    PARTS * _DENSITIES,
    PARTS * 2**PARTS,
)
"""The number of values of each feature."""
COUNT = len(SIZES)


def features(notes: Passage) -> Ints:
    """The features of each note, [n, COUNT]; each from 0 and below its size in :data:`SIZES`."""
    part, n = notes.part, len(notes)
    if not n:
        return np.zeros((0, COUNT), np.int64)
    instants = _starts(np.diff(notes.onset) != 0)
    chords = _starts((np.diff(notes.onset) != 0) | (np.diff(part) != 0))
    instant, chord = _of(instants, n), _of(chords, n)
    size = np.diff(np.append(chords, n))[chord]
    from_top = np.append(chords[1:], n)[chord] - 1 - np.arange(n)
    together = np.diff(np.append(instants, n))[instant]
    playing = np.bitwise_or.reduceat(1 << part, instants)[instant]

    top = notes.pitch[np.append(chords[1:], n) - 1]
    before = _chord_before(part[chords])
    leap, since = np.full(len(chords), _WIDEST + 1), np.full(len(chords), np.inf)
    known = before >= 0
    since[known] = notes.onset[chords[known]] - notes.onset[chords[before[known]]]
    leap[known] = np.clip(top[known] - top[before[known]], -_WIDEST, _WIDEST)
    leap[part[chords] == DRUMS] = _WIDEST + 1
    since_all = np.append(np.inf, np.diff(notes.onset[instants]))

    # A twelfth early still counts as on the beat.
    on_grid = np.rint(np.maximum(notes.place, 0) * TWELFTHS).astype(np.int64)
    beat = np.minimum(on_grid // TWELFTHS, _BEATS - 1)
    placed = notes.place >= 0
    sixteenth = np.where(placed, beat * 4 + on_grid % TWELFTHS // 3, _BEATS * 4)
    twelfth = np.where(placed, on_grid % TWELFTHS, TWELFTHS)
    columns = (
        part * (_BEATS * 4 + 1) + sixteenth,
        part * (TWELFTHS + 1) + twelfth,
        (part == DRUMS) * 128 + np.clip(notes.pitch, 0, 127),
        part * 16 + np.minimum(size - 1, 3) * 4 + np.minimum(from_top, 3),
        part * 8 + np.minimum(together - 1, 7),
        leap[chord] + _WIDEST,
        part * _TIMES + _class(since[chord], _SECONDS),
        part * _TIMES + _class(notes.end - notes.onset, _SECONDS),
        _class(since_all[instant], _SECONDS),
        part * _DENSITIES + _class(_recent(notes.onset), _COUNTS),
        part * _DENSITIES + _class(_recent_of_part(notes), _COUNTS),
        part * 2**PARTS + playing,
    )
    return np.stack(columns, axis=1)


def twelfths(notes: Passage) -> Ints:
    """The place of each note in its bar in twelfths of a beat; 0 where it is unknown."""
    return np.minimum(np.rint(np.maximum(notes.place, 0.0) * TWELFTHS).astype(np.int64), PLACES - 1)


def _starts(changes: npt.NDArray[np.bool_]) -> Ints:
    """Where runs begin. changes: [n - 1], whether a note differs from the one before."""
    return np.append(0, np.flatnonzero(changes) + 1)


def _of(starts: Ints, n: int) -> Ints:
    """The number of the run that each of ``n`` notes lies in."""
    return np.repeat(np.arange(len(starts)), np.diff(np.append(starts, n)))


def _chord_before(parts: Ints) -> Ints:
    """The chord before each one of the same part; -1 for a part's first. parts: [chords]."""
    before = np.full(len(parts), -1)
    for part in range(PARTS):
        mine = np.flatnonzero(parts == part)
        before[mine[1:]] = mine[:-1]
    return before


def _class(values: npt.NDArray[np.number], edges: tuple[float, ...]) -> Ints:
    return np.searchsorted(edges, values, "right")


def _recent(onset: Floats) -> Ints:
    """How many notes began within :data:`MEMORY` before each instant."""
    return np.searchsorted(onset, onset) - np.searchsorted(onset, onset - MEMORY)


def _recent_of_part(notes: Passage) -> Ints:
    counts = np.zeros(len(notes), np.int64)
    for part in range(PARTS):
        mine = notes.part == part
        counts[mine] = _recent(notes.onset[mine])
    return counts


def still_needed(notes: Passage) -> npt.NDArray[np.bool_]:
    """Which notes [n] the features of later notes depend on: those of the last seconds, and each
    part's last chord."""
    if not len(notes):
        return np.zeros(0, np.bool_)
    needed = notes.onset >= notes.onset[-1] - MEMORY
    for part in range(PARTS):
        mine = notes.part == part
        if mine.any():
            needed |= mine & (notes.onset == notes.onset[mine][-1])
    return needed
