"""Features for predicting the emotion of songs without labels: counts over their tokens.

The judge of emotion (:mod:`engine.metrics.features`) must not have the same features, or it would
only confirm the prediction. These features are shapes of chords, melodic and bass intervals, paces
and lengths in seconds, notes a second, and repeated bars. Those of the judge are degrees of the
key, triads, harmonic intervals, the place in the bar, the drum kit, register and texture.
"""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np

from engine.arrays import Floats, Ints, Tokens
from engine.music import vocabulary as voc
from engine.music.vocabulary import Kind, to_seconds
from engine.score import Instrument

_SHAPES = tuple((0, *rest) for size in (1, 2, 3) for rest in combinations(range(1, 12), size))
_SHAPE_OF = np.full(1 << 12, -1)
_SHAPE_OF[[sum(1 << pitch for pitch in shape) for shape in _SHAPES]] = np.arange(len(_SHAPES))
_PITCHED = tuple(part for part in voc.INSTRUMENTS if part is not Instrument.DRUMS)
_PACES = np.geomspace(0.06, 4.0, 9)
"""Edges of the pace histogram, in seconds from onset to onset."""
_LENGTHS = np.geomspace(0.06, 4.0, 7)
"""Edges of the histogram of notes' lengths, in seconds."""
WIDEST = 12
"""Melodic intervals are clipped to an octave either way."""


def label_features(tokens: Tokens) -> Floats:
    """The features [F] of a song's tokens [n], in the order of :data:`GROUPS`; no NaN."""
    song = _Notes(tokens)
    return np.array([value for group in _groups(song).values() for value in group], np.float64)


class _Notes:
    """A song's notes in order of onset, and its bars; times and lengths in seconds."""

    def __init__(self, tokens: Tokens) -> None:
        cursor = np.cumsum(voc.STEPS[tokens])
        kinds = voc.KIND[tokens]
        self.seconds = max(1.0, to_seconds(int(cursor[-1])) if len(cursor) else 0.0)
        on, off = np.flatnonzero(kinds == Kind.ON), np.flatnonzero(kinds == Kind.OFF)
        # In the normal form every ON has its OFF, and notes of one pitch do not overlap.
        begun = on[np.argsort(tokens[on], kind="stable")]
        ended = off[np.argsort(tokens[off], kind="stable")]
        order = np.argsort(begun)
        ends = cursor[ended][order]
        self.onset = to_seconds(1) * cursor[on]
        self.length = to_seconds(1) * ends - self.onset
        self.part, self.pitch = voc.INSTRUMENT[tokens[on]], voc.PITCH[tokens[on]]
        self.bars = to_seconds(1) * cursor[kinds == Kind.BAR]

    def of(self, instrument: Instrument) -> tuple[Floats, Floats, Ints]:
        """Onsets, lengths and pitches of one instrument."""
        chosen = self.part == voc.INSTRUMENTS.index(instrument)
        return self.onset[chosen], self.length[chosen], self.pitch[chosen]


def _groups(song: _Notes) -> dict[str, Floats]:
    groups: dict[str, Floats] = {}
    for instrument in voc.INSTRUMENTS:
        name = instrument.value
        onset, length, pitch = song.of(instrument)
        onsets, first, size = np.unique(onset, return_index=True, return_counts=True)
        groups[f"{name} notes a second"] = np.array([math.log1p(len(onset) / song.seconds)])
        groups[f"{name} pace"] = _shares(np.digitize(np.diff(onsets), _PACES), len(_PACES) + 1)
        groups[f"{name} at once"] = _shares(np.minimum(size, 5) - 1, 5)
        groups[f"{name} repeats bars"] = np.array([_repetition(onset, pitch, song.bars)])
        if instrument is Instrument.DRUMS:
            continue
        groups[f"{name} lengths"] = _shares(np.digitize(length, _LENGTHS), len(_LENGTHS) + 1)
        highest = np.maximum.reduceat(pitch, first) if len(first) else pitch
        steps = np.clip(np.diff(highest), -WIDEST, WIDEST) + WIDEST
        groups[f"{name} intervals"] = _shares(steps, 2 * WIDEST + 1)
    for instrument in (Instrument.GUITAR, Instrument.PIANO, Instrument.STRINGS):
        onset, _, pitch = song.of(instrument)
        groups[f"{instrument.value} shapes"] = _shapes(onset, pitch)
    groups["bass moves"] = _bass_moves(*song.of(Instrument.BASS))
    return groups


def _shares(which: Ints, count: int) -> Floats:
    """The square root of the share of each of ``count`` kinds: [count]."""
    found = np.bincount(which, minlength=count).astype(np.float64)
    return np.sqrt(found / max(1.0, found.sum()))


def _shapes(onset: Floats, pitch: Ints) -> Floats:
    """Shares of chords of two to four pitch classes, as intervals above the lowest note."""
    order = np.lexsort((pitch, onset))
    onset, pitch = onset[order], pitch[order]
    starts = np.flatnonzero(np.diff(onset, prepend=-1.0))
    if not len(starts):
        return np.zeros(len(_SHAPES))
    lowest = np.repeat(pitch[starts], np.diff(np.append(starts, len(pitch))))
    masks = np.bitwise_or.reduceat(1 << ((pitch - lowest) % 12), starts)
    shapes = _SHAPE_OF[masks]
    return _shares(shapes[shapes >= 0], len(_SHAPES))


def _bass_moves(onset: Floats, length: Floats, pitch: Ints) -> Floats:
    """Shares of pairs of successive moves of the bass between different pitch classes."""
    classes = pitch % 12
    moved = classes[np.flatnonzero(np.diff(classes, prepend=-1))]
    moves = np.diff(moved) % 12
    return _shares(moves[:-1] * 12 + moves[1:], 144)


def _repetition(onset: Floats, pitch: Ints, bars: Floats) -> float:
    """The share of bars whose notes equal those of the bar before."""
    if len(bars) < 2 or not len(onset):
        return 0.0
    bar = np.searchsorted(bars, onset + to_seconds(1), "right") - 1
    inside = bar >= 0
    place = np.rint((onset[inside] - bars[bar[inside]]) / to_seconds(6)).astype(int)
    played: dict[int, set[tuple[int, ...]]] = {}
    for number, *note in zip(
        bar[inside].tolist(), place.tolist(), pitch[inside].tolist(), strict=True
    ):
        played.setdefault(number, set()).add((note[0], note[1]))
    alike = sum(played.get(number - 1) == notes for number, notes in played.items())
    return alike / max(1, len(played))


GROUPS = {name: len(group) for name, group in _groups(_Notes(np.array([], np.uint16))).items()}
"""The groups of features in order: their names, and the number of features in each."""
