"""The notes of a score as arrays, for measures that look at many notes at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import Floats, Ints
from engine.music.vocabulary import INSTRUMENTS
from engine.score import Instrument, Score

DRUMS = INSTRUMENTS.index(Instrument.DRUMS)


@dataclass(frozen=True, slots=True)
class NoteArrays:
    """Notes in order of onset, all of [n].

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
        """All but the drums, whose pitches are no pitches."""
        return self.where(self.part != DRUMS)

    @property
    def length(self) -> Floats:
        """How long each note lasts in seconds."""
        return self.end - self.onset


def note_arrays(score: Score) -> NoteArrays:
    """The notes of a score."""
    notes = score.notes
    return NoteArrays(
        np.array([note.onset for note in notes], np.float64),
        np.array([note.end for note in notes], np.float64),
        np.array([note.pitch for note in notes], np.int64),
        np.array([INSTRUMENTS.index(note.instrument) for note in notes], np.int64),
    )


def bar_positions(onsets: Floats, bars: tuple[float, ...]) -> tuple[Ints, Floats]:
    """Which bar each onset lies in, and where in it (0..1); both of [n].

    Onsets before the first BAR are in bar -1, those from the last BAR on in the last; the bars at
    either end, which have no second BAR, are taken to be as long as their neighbours. Without two
    BARs all are in bar -1 at NaN.
    """
    if len(bars) < 2:
        return np.full(len(onsets), -1), np.full(len(onsets), np.nan)
    lines = np.array([2 * bars[0] - bars[1], *bars, 2 * bars[-1] - bars[-2]])
    bar = np.clip(np.searchsorted(lines, onsets, "right") - 1, 0, len(lines) - 2)
    position = (onsets - lines[bar]) / np.diff(lines)[bar]
    return bar - 1, np.mod(position, 1)
