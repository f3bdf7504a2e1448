"""The parts of a score as staves of voices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from engine.score import Instrument
from export.notation.grid import Grid, GridNote
from export.notation.voices import Voice, hits, split, voices
from export.ticks import TickScore

Clef = Literal["treble", "bass", "percussion"]
ORDER = (
    Instrument.STRINGS,
    Instrument.GUITAR,
    Instrument.PIANO,
    Instrument.BASS,
    Instrument.DRUMS,
)
"""The parts from top to bottom of a page."""
MIDDLE_C = 60
OCTAVES_HIGHER = {Instrument.GUITAR: 1, Instrument.BASS: 1}
"""Instruments that are written higher than they sound, and by how many octaves."""
_ON_BOTH = 0.1
"""The share of notes beyond middle C on either side from which strings need two staves."""


@dataclass(frozen=True, slots=True)
class Staff:
    """A staff. voices: by time; none is empty."""

    clef: Clef
    voices: tuple[Voice, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A part and its staves, the upper one first."""

    instrument: Instrument
    staves: tuple[Staff, ...]


def parts(score: TickScore, grid: Grid) -> tuple[Part, ...]:
    """The parts that play, or all of a score that is silent."""
    playing = [instrument for instrument in ORDER if score.parts[instrument]]
    return tuple(
        Part(each, _staves(each, grid.notes(score.parts[each]), grid.step))
        for each in playing or ORDER
    )


def _staves(instrument: Instrument, notes: Sequence[GridNote], step: int) -> tuple[Staff, ...]:
    match instrument:
        case Instrument.DRUMS:
            return (Staff("percussion", (hits(notes, step),) if notes else ()),)
        case Instrument.BASS:
            return (Staff("bass", voices(notes, step, most=1)),)
        case Instrument.GUITAR:
            return (Staff("treble", voices(notes, step, most=1)),)
        case Instrument.STRINGS if not _on_both_sides(notes):
            is_low = 2 * sum(note.pitch < MIDDLE_C for note in notes) > len(notes)
            return (Staff("bass" if is_low else "treble", voices(notes, step)),)
        case _:
            upper, lower = split(notes, MIDDLE_C)
            return Staff("treble", voices(upper, step)), Staff("bass", voices(lower, step))


def _on_both_sides(notes: Sequence[GridNote]) -> bool:
    low = sum(note.pitch < MIDDLE_C for note in notes)
    return min(low, len(notes) - low) > _ON_BOTH * len(notes)
