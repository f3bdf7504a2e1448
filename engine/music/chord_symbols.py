"""Chord symbols: ``Am``, ``F#dim``, ``Bb7``, ``C/E``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.errors import EmsyncError

QUALITIES = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "dim": (0, 3, 6),
    "aug": (0, 4, 8),
    "sus2": (0, 2, 7),
    "sus4": (0, 5, 7),
    "6": (0, 4, 7, 9),
    "m6": (0, 3, 7, 9),
    "7": (0, 4, 7, 10),
    "maj7": (0, 4, 7, 11),
    "m7": (0, 3, 7, 10),
    "m7b5": (0, 3, 6, 10),
    "dim7": (0, 3, 6, 9),
    "7sus4": (0, 5, 7, 10),
    "add9": (0, 4, 7, 2),
    "5": (0, 7),
}
"""Suffix -> semitones above the root."""
_SPELLINGS = {
    "min": "m",
    "maj": "",
    "-": "m",
    "M7": "maj7",
    "min7": "m7",
    "sus": "sus4",
    "°": "dim",
}
_LETTERS = dict(zip("CDEFGAB", (0, 2, 4, 5, 7, 9, 11), strict=True))
_SHARP = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_FLAT = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
_FLAT_SIGNATURES = frozenset({5, 10, 3, 8, 1, 6})
"""Tonics of the major keys that are written with flats."""
_SYMBOL = re.compile(r"([A-G])([#b]?)([^/\s]*)(?:/([A-G])([#b]?))?")


@dataclass(frozen=True, slots=True)
class Chord:
    """A chord. root, bass: pitch classes from C. quality: a suffix of :data:`QUALITIES`."""

    root: int
    quality: str = ""
    bass: int | None = None

    @property
    def pitch_classes(self) -> frozenset[int]:
        """The pitch classes from C; a bass note that is none of the chord's counts too."""
        classes = {(self.root + step) % 12 for step in QUALITIES[self.quality]}
        return frozenset(classes if self.bass is None else classes | {self.bass})

    @property
    def third(self) -> int | None:
        """The pitch class that makes the chord major or minor; None if it is neither."""
        steps = {3, 4} & set(QUALITIES[self.quality])
        return (self.root + min(steps)) % 12 if steps else None

    @property
    def lowest(self) -> int:
        """The pitch class that the bass plays."""
        return self.root if self.bass is None else self.bass


def parse_chord(symbol: str) -> Chord:
    """Read a chord symbol. Raises EmsyncError for other text."""
    match = _SYMBOL.fullmatch(symbol.strip())
    suffix = "" if match is None else _SPELLINGS.get(match[3], match[3])
    if match is None or suffix not in QUALITIES:
        raise EmsyncError(
            f"chord {symbol!r}: write a root and one of {', '.join(filter(None, QUALITIES))}, "
            "such as C, Am, F#dim or G7/B"
        )
    bass = None if match[4] is None else _pitch_class(match[4], match[5])
    return Chord(_pitch_class(match[1], match[2]), suffix, bass)


def chord_name(chord: Chord, key: int) -> str:
    """The symbol of a chord, spelled with the sharps or flats of a key.

    key: index into ``conditions.KEYS``.
    """
    mode, tonic = divmod(key, 12)
    signature = (tonic + 3 * mode) % 12
    names = _FLAT if signature in _FLAT_SIGNATURES else _SHARP
    bass = "" if chord.bass is None else f"/{names[chord.bass]}"
    return f"{names[chord.root]}{chord.quality}{bass}"


def _pitch_class(letter: str, accidental: str) -> int:
    return (_LETTERS[letter] + {"#": 1, "b": -1, "": 0}[accidental]) % 12
