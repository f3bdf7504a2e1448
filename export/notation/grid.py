"""Bars and the grid of a score, in units of a twelfth of a quarter note."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.music.tempo import PPQ, TempoMap
from export.ticks import TickNote, TickScore

QUARTER = 12
"""Units of a quarter note; sixteenths and triplets of eighths are whole."""
Feel = Literal["straight", "triplet", "swing"]
_ON_THE_BEAT = 0.06
"""Onsets nearer than this to a beat say nothing about how beats divide, in quarter notes."""
_SWING = 0.98
"""The share of onsets off the beat that lie on its last third in swing."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar from unit ``start`` to ``end``, with its time signature. beat: units of what counts."""

    start: int
    end: int
    numerator: int
    denominator: int

    @property
    def is_compound(self) -> bool:
        """Whether three eighths make a beat, as in 6/8."""
        return self.denominator == 8 and self.numerator % 3 == 0

    @property
    def beat(self) -> int:
        """Units of a beat."""
        return (3 if self.is_compound else 1) * 4 * QUARTER // self.denominator

    @property
    def length(self) -> int:
        """Units of the bar."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class GridNote:
    """A note in units; it lasts one or more."""

    onset: int
    end: int
    pitch: int


@dataclass(frozen=True, slots=True)
class Grid:
    """The bars of a score, and how its beats divide.

    In swing the second eighth of a beat sounds late, and is written as an even one.
    """

    bars: tuple[Bar, ...]
    feel: Feel

    def unit(self, beat: float) -> int:
        """The unit of the grid nearest to a beat, in quarter notes."""
        if self.feel == "straight":
            return round(beat * 4) * (QUARTER // 4)
        beats, third = divmod(round(beat * 3), 3)
        inside = (0, QUARTER // 3, 2 * QUARTER // 3)
        return beats * QUARTER + (inside if self.feel == "triplet" else _SWUNG)[third]

    @property
    def step(self) -> int:
        """Units of the smallest part of a beat."""
        return {"straight": QUARTER // 4, "triplet": QUARTER // 3, "swing": QUARTER // 2}[self.feel]

    def notes(self, part: Iterable[TickNote]) -> list[GridNote]:
        """The notes of a part on the grid, by onset; none lasts beyond the last bar."""
        last = self.bars[-1].end
        notes = []
        for note in part:
            onset = min(self.unit(note.onset / PPQ), last - self.step)
            end = min(max(self.unit(note.end / PPQ), onset + self.step), last)
            notes.append(GridNote(onset, end, note.pitch))
        return sorted(notes, key=lambda note: (note.onset, note.pitch, note.end))


_SWUNG = (0, QUARTER // 2, QUARTER // 2)
"""Where each third of a swung beat is written."""


def grid(score: TickScore) -> Grid:
    """The grid of a score: the one of sixteenths or triplets that its onsets are nearer to."""
    bars = _bars(score.tempo_map)
    onsets = [note.onset / PPQ for notes in score.parts.values() for note in notes]
    on_quarters = all(bar.start % QUARTER == 0 and bar.beat == QUARTER for bar in bars)
    return Grid(bars, _feel(onsets) if on_quarters and onsets else "straight")


def _feel(onsets: Sequence[float]) -> Feel:
    beats = np.array(onsets)
    off_beat = beats[np.abs(beats - np.rint(beats)) > _ON_THE_BEAT]
    if not len(off_beat):
        return "straight"
    thirds, sixteenths = (
        np.abs(off_beat * parts - np.rint(off_beat * parts)).mean() / parts for parts in (3, 4)
    )
    if thirds >= sixteenths:
        return "straight"
    is_swing = (np.rint(off_beat * 3) % 3 == 2).mean() >= _SWING
    return "swing" if is_swing else "triplet"


def _bars(beats: TempoMap) -> tuple[Bar, ...]:
    """The bars up to the end of the score; the last one is whole."""
    bars, start = [], 0
    metres = list(beats.metres)
    for line in beats.bars:
        tick = round(line * PPQ)
        while len(metres) > 1 and metres[1].tick <= tick:
            metres.pop(0)
        length = 4 * QUARTER * metres[0].numerator // metres[0].denominator
        bars.append(Bar(start, start + length, metres[0].numerator, metres[0].denominator))
        start += length
    return tuple(bars)
