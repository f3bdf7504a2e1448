"""The notes of a score as arrays, for measures that look at many notes at once."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import Floats, Ints
from engine.music.vocabulary import INSTRUMENTS
from engine.score import Instrument, Score

DRUMS = INSTRUMENTS.index(Instrument.DRUMS)


@dataclass(frozen=True, slots=True)
class NoteArrays:
    """Notes in order of onset; every array is [n].

    onset, end: seconds. pitch: MIDI numbers. part: indices into ``vocabulary.INSTRUMENTS``.
    """

    onset: Floats
    end: Floats
    pitch: Ints
    part: Ints

    def __len__(self) -> int:
        return len(self.onset)

    def where(self, chosen: npt.NDArray[np.bool_]) -> NoteArrays:
        """The chosen notes."""
        return NoteArrays(
            self.onset[chosen], self.end[chosen], self.pitch[chosen], self.part[chosen]
        )

    def of(self, instrument: Instrument) -> NoteArrays:
        """The notes of one instrument."""
        return self.where(self.part == INSTRUMENTS.index(instrument))

    @property
    def pitched(self) -> NoteArrays:
        """All but the drums, whose MIDI pitches name parts of the kit."""
        return self.where(self.part != DRUMS)

    @property
    def length(self) -> Floats:
        """How long each note lasts in seconds."""
        return self.end - self.onset


def validate(score: Score) -> None:
    """Raise ValueError unless a score can be measured.

    Its duration must be positive, its bars rising, its onsets rising, and no note may end before it
    begins.
    """
    if not (math.isfinite(score.duration) and score.duration > 0):
        raise ValueError(f"duration must be positive, not {score.duration}")
    if not (np.diff(score.bars) >= 0).all():
        raise ValueError("bars must be rising times")
    onsets = [note.onset for note in score.notes]
    if not (np.diff(onsets) >= 0).all():
        raise ValueError("notes must be in order of onset")
    if not all(-math.inf < note.onset <= note.end < math.inf for note in score.notes):
        raise ValueError("a note must not end before it begins, and its times must be finite")


def note_arrays(score: Score) -> NoteArrays:
    """The notes of a score. Raises ValueError where :func:`validate` does."""
    validate(score)
    notes = score.notes
    return NoteArrays(
        np.array([note.onset for note in notes], np.float64),
        np.array([note.end for note in notes], np.float64),
        np.array([note.pitch for note in notes], np.int64),
        np.array([INSTRUMENTS.index(note.instrument) for note in notes], np.int64),
    )


def bar_positions(onsets: Floats, bars: tuple[float, ...]) -> tuple[Ints, Floats]:
    """The bar in which each onset lies, and its position there (0..1); both are [n].

    onsets: seconds [n]. bars: the downbeats in seconds, rising.
    Onsets before the first downbeat are in bar -1, those after the last one in the last bar. The
    bars at either end count as long as their neighbours. With fewer than two downbeats all onsets
    are in bar -1 at NaN.
    """
    if len(bars) < 2:
        return np.full(len(onsets), -1), np.full(len(onsets), np.nan)
    lines = np.array([2 * bars[0] - bars[1], *bars, 2 * bars[-1] - bars[-2]])
    bar = np.clip(np.searchsorted(lines, onsets, "right") - 1, 0, len(lines) - 2)
    position = (onsets - lines[bar]) / np.diff(lines)[bar]
    return bar - 1, np.mod(position, 1)
