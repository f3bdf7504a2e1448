"""The notes of a part as strokes: time on x, pitch on y, velocity as opacity."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from engine.score import Instrument, Note
from export.picture.rows import Row

LOWEST, HIGHEST, SILENT = 36.0, 80.0, 30.0
"""Pixels of a lane: at least and at most, and without notes."""
FEWEST_PITCHES = 12
"""A lane shows at least an octave."""
PITCH = 1.7
"""Pixels of a semitone, where the lane is not too low or high for it."""
THICKEST = 4.0
"""Pixels of a stroke."""
APART = 2.0
"""Notes of a pitch that begin closer than this, in pixels, become one stroke. So a long film needs
no more strokes than a row has places for."""
_LEVELS = 6
_NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


@dataclass(frozen=True, slots=True)
class Lane:
    """A part and its notes. low, high: the pitches at the bottom and top."""

    instrument: Instrument
    notes: tuple[Note, ...]
    low: int
    high: int

    @property
    def label(self) -> str:
        """The pitches that the part plays."""
        if not self.notes:
            return "silent"
        if self.instrument is Instrument.DRUMS:
            return ""
        pitches = [note.pitch for note in self.notes]
        return f"{pitch_name(min(pitches))} to {pitch_name(max(pitches))}"

    @property
    def height(self) -> float:
        """Pixels of the lane."""
        return min(max(PITCH * self._pitches, LOWEST), HIGHEST) if self.notes else SILENT

    @property
    def _pitches(self) -> int:
        return self.high - self.low + 1

    @property
    def thickness(self) -> float:
        """Pixels of a stroke."""
        return min(max(self.height / self._pitches, PITCH), THICKEST)

    def y(self, pitch: int) -> float:
        """The middle of a pitch, in pixels from the lane's top."""
        return self.height * (self.high - pitch + 0.5) / self._pitches

    def strokes(self, row: Row) -> Iterator[tuple[float, list[tuple[float, float, float]]]]:
        """An opacity, and the x, y and length of its strokes; each opacity once."""
        shown = [note for note in self.notes if note.onset < row.end and note.end > row.start]
        shown.sort(key=lambda note: (_level(note), note.pitch, note.onset))
        for level, notes in groupby(shown, _level):
            yield round(0.4 + 0.6 * level / _LEVELS, 2), self._joined(list(notes), row)

    def _joined(self, notes: Sequence[Note], row: Row) -> list[tuple[float, float, float]]:
        strokes: list[tuple[float, float, float]] = []
        pitch = None
        for note in notes:
            x = row.x(note.onset)
            # A gap shows where a pitch is played again.
            length = max(row.x(note.end) - x - 0.6, 2.0)
            if note.pitch == pitch and x - strokes[-1][0] < APART:
                before, y, until = strokes[-1]
                strokes[-1] = before, y, max(until, x + length - before)
            else:
                strokes.append((x, self.y(note.pitch), length))
            pitch = note.pitch
        return strokes


def lane(instrument: Instrument, notes: Sequence[Note]) -> Lane:
    """The lane of a part, as high as its notes need."""
    pitches = [note.pitch for note in notes] or [60]
    low, high = min(pitches), max(pitches)
    missing = max(FEWEST_PITCHES - (high - low + 1), 0)
    return Lane(instrument, tuple(notes), low - missing // 2, high + missing - missing // 2)


def pitch_name(pitch: int) -> str:
    """Such as ``C4`` for MIDI pitch 60."""
    return f"{_NAMES[pitch % 12]}{pitch // 12 - 1}"


def _level(note: Note) -> int:
    return round(_LEVELS * note.velocity / 127)
