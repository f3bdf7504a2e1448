"""A piece as the measures of the rating see it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engine.arrays import Floats, Ints, Mask
from engine.metrics.grid import SIXTEENTH
from engine.metrics.note_arrays import DRUMS, NoteArrays, note_arrays
from engine.music.conditions import parse_key
from engine.music.key import find_key, scale
from engine.music.tempo import TempoMap, tempo_map
from engine.score import Score

_SCALES = np.array([np.isin(np.arange(12), list(scale(tonic))) for tonic in range(12)])
"""The pitch classes of each major scale: [12, 12]."""
_RELATIVE = 3
"""Semitones from a minor tonic up to the tonic of the major key with the same scale."""


@dataclass(frozen=True)
class MeasuredPiece:
    """The notes of a piece with the bars and keys in which they lie.

    tempo: its tempo map. lines: bar lines in beats, the last one closes the last bar: [bars + 1].
    bar, place: of each note, the bar in which it begins, and where in it, in beats: [n].
    in_key: of each note, whether it is in the scale of its key: [n]. tonic: pitch class of the last
    key; NaN if none is clear.
    """

    score: Score
    notes: NoteArrays
    pitched: Mask
    tempo: TempoMap
    lines: Floats
    onset: Floats
    end: Floats
    bar: Ints
    place: Floats
    in_key: Mask
    tonic: float

    @property
    def bars(self) -> int:
        """How many bars there are."""
        return len(self.lines) - 1


def measured_piece(score: Score) -> MeasuredPiece:
    """Prepare a piece. Its keys are those of its plan, else the one that fits its notes.

    Raises ValueError where :func:`engine.metrics.note_arrays.validate` does.
    """
    notes = note_arrays(score)
    tempo = tempo_map(score)
    end = float(tempo.beat_at(score.duration))
    lines = np.array([*tempo.bars, max(end, tempo.bars[-1] + SIXTEENTH)])
    onset, release = tempo.beat_at(notes.onset), tempo.beat_at(notes.end)
    # A note a little early belongs to the bar that it begins.
    bar = np.searchsorted(lines, onset + SIXTEENTH / 2, "right") - 1
    bar = np.clip(bar, 0, len(lines) - 2)
    pitched = notes.part != DRUMS
    in_key, tonic = _key(score, notes, pitched)
    return MeasuredPiece(
        score, notes, pitched, tempo, lines, onset, release, bar, onset - lines[bar], in_key, tonic
    )


def _key(score: Score, notes: NoteArrays, pitched: Mask) -> tuple[Mask, float]:
    """Which notes are in key, and the pitch class of the last tonic."""
    pitches = notes.pitch % 12
    if score.keys:
        starts, names = zip(*score.keys, strict=True)
        keys = np.array([int(parse_key(name)) for name in names])
        # A note that is early by rounding belongs to the key that it begins.
        at = np.maximum(np.searchsorted(starts, notes.onset + 0.01, "right") - 1, 0)
        scales = np.array([scale_of(int(key)) for key in keys])
        return scales[at, pitches], float(keys[-1] % 12)
    found = find_key(notes.pitch[pitched], notes.length[pitched])
    counts = np.bincount(pitches[pitched], minlength=12)
    scale = _SCALES[int((_SCALES @ counts).argmax())]
    return scale[pitches], math.nan if math.isnan(found) else found % 12


def scale_of(key: int) -> Mask:
    """The pitch classes [12] of a key of ``conditions.KEYS``; minor is natural minor."""
    mode, tonic = divmod(key, 12)
    return _SCALES[(tonic + _RELATIVE * mode) % 12]
