"""The parts of a score as staves of voices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from engine.score import Instrument
from export.notation.drums import Drum, kit
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
_TOO_LOW, _TOO_HIGH = 55, 65
"""G3 and F4: strings below the one and above the other need ledger lines in treble or bass clef."""
_ON_BOTH = 0.1
"""The share of notes beyond these pitches on either side from which strings need two staves."""


@dataclass(frozen=True, slots=True)
class Staff:
    """A staff. voices: by time; none is empty."""

    clef: Clef
    voices: tuple[Voice, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A part and its staves, the upper one first. kit: its drums by MIDI pitch."""

    instrument: Instrument
    staves: tuple[Staff, ...]
    kit: Mapping[int, Drum] = field(default_factory=dict)


def parts(score: TickScore, grid: Grid) -> tuple[Part, ...]:
    """The parts that play, or all of a score that is silent."""
    playing = [instrument for instrument in ORDER if score.parts[instrument]]
    return tuple(
        Part(
            each,
            _staves(each, grid.notes(score.parts[each]), grid.step),
            kit(note.pitch for note in score.parts[each]) if each is Instrument.DRUMS else {},
        )
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
    low = sum(note.pitch < _TOO_LOW for note in notes)
    high = sum(note.pitch > _TOO_HIGH for note in notes)
    return min(low, high) > _ON_BOTH * len(notes)
