"""Names of pitches and keys: letters, accidentals, and signs of a key signature."""

from __future__ import annotations

from typing import NamedTuple

MOST_SIGNS = 7
_LINE = "FCGDAEB"
"""Letters along the line of fifths; each sharp or flat moves by seven."""
_BELOW, _ABOVE = 3, 8
"""A key of no signs spells from E flat, three fifths below C, to G sharp, eight above."""


class Spelled(NamedTuple):
    """A pitch by letter, semitones of its accidental, and octave; 4 is that of middle C."""

    step: str
    alter: int
    octave: int


def signs(key: str) -> int:
    """The sharps of a key such as ``F# minor``; flats count below zero."""
    tonic, mode = key.split()
    fifths = _fifths(tonic[0], tonic.count("#") - tonic[1:].count("b"))
    fifths -= 3 if mode == "minor" else 0
    if abs(fifths) > MOST_SIGNS:
        fifths -= 12 if fifths > 0 else -12
    return fifths


def spell(pitch: int, fifths: int) -> Spelled:
    """A MIDI pitch in a key of ``fifths`` sharps."""
    # A pitch class moves by seven semitones with each fifth.
    place = (pitch * 7 - (fifths - _BELOW)) % 12 + fifths - _BELOW
    # No double sharps and flats: a reader takes the enharmonic note.
    place -= 12 if place > _fifths("B", 1) else 0
    place += 12 if place < _fifths("F", -1) else 0
    alter, letter = divmod(place + 1, 7)
    step = _LINE[letter]
    octave = (pitch - alter) // 12 - 1
    return Spelled(step, alter, octave)


def _fifths(letter: str, alter: int) -> int:
    """The place on the line of fifths, from C."""
    return _LINE.index(letter) - 1 + 7 * alter
