"""Chord symbols: ``Am``, ``F#dim``, ``Bb7``, ``C/E``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.errors import EmsyncError
from engine.music.pitch import pitch_class

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
LEADING = frozenset({"dim", "dim7", "m7b5"})
"""The qualities of chords whose root may be a leading note."""
_SPELLINGS = {
    "min": "m",
    "maj": "",
    "-": "m",
    "M7": "maj7",
    "min7": "m7",
    "sus": "sus4",
    "°": "dim",
}
_FIFTHS = "FCGDAEB"
"""The letters in the order of fifths. Each turn through them adds a sharp."""
_C = 1
"""The place of C among them."""
_DEGREES = (0, -5, 2, -3, 4, -1, 6, 1, -4, 3, -2, 5)
"""For each number of semitones above a tonic, how many fifths above it the note is written: as the
minor second, the augmented fourth and the minor seventh, for instance."""
_LEADING_FIFTHS = 7
"""The same for the root of a diminished chord a semitone above the tonic, which leads upwards."""
_FLATTEST, _SHARPEST = -6, 10
"""From G flat to A sharp, in fifths above C; other notes are written more simply."""
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
    bass = None if match[4] is None else pitch_class(match[4], match[5])
    return Chord(pitch_class(match[1], match[2]), suffix, bass)


def chord_name(chord: Chord, key: int) -> str:
    """The symbol of a chord, spelled as a degree of a key: B flat in C major, A sharp in B major.

    key: index into ``conditions.KEYS``.
    """
    mode, tonic = divmod(key, 12)
    # The major keys from G flat to B, and their relative minors.
    signature = ((tonic + 3 * mode) * 7 + 6) % 12 - 6
    fifths = signature + 3 * mode

    def spelled(pitch_class: int, leading: bool = False) -> str:
        degree = (pitch_class - tonic) % 12
        return _note_name(
            fifths + (_LEADING_FIFTHS if leading and degree == 1 else _DEGREES[degree])
        )

    root = spelled(chord.root, chord.quality in LEADING)
    bass = "" if chord.bass is None else f"/{spelled(chord.bass)}"
    return f"{root}{chord.quality}{bass}"


def _note_name(fifths: int) -> str:
    """The name of the note this many fifths above C; an enharmonic one for rare names."""
    while fifths < _FLATTEST:
        fifths += 12
    while fifths > _SHARPEST:
        fifths -= 12
    turns, letter = divmod(fifths + _C, len(_FIFTHS))
    return _FIFTHS[letter] + ("#" * turns if turns >= 0 else "b")
