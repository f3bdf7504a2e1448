"""Names of pitches."""

from __future__ import annotations

_LETTERS = dict(zip("CDEFGAB", (0, 2, 4, 5, 7, 9, 11), strict=True))
_ACCIDENTALS = {"#": 1, "b": -1, "": 0}


def pitch_class(letter: str, accidental: str = "") -> int:
    """The pitch class 0..11, C being 0, of a capital letter with ``#``, ``b`` or nothing.

    Raises KeyError for another letter or accidental.
    """
    return (_LETTERS[letter] + _ACCIDENTALS[accidental]) % 12
