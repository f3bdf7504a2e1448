"""What a piece may be asked for, and how it reaches the network.

Every condition may be unknown (NaN); the network learnt each unknown as a vector of its own.
Valence and arousal are the paper's (III-A2); the rest go beyond it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from engine.errors import EmsyncError

METRES = ("2/4", "3/4", "4/4", "6/8", "12/8")
"""The metres the network knows, by index."""
KEYS = tuple(
    f"{tonic} {mode}"
    for mode in ("major", "minor")
    for tonic in ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
)
"""The keys the network knows, by index: twelve major, then twelve minor."""

_LETTERS = dict(zip("CDEFGAB", (0, 2, 4, 5, 7, 9, 11), strict=True))

CATEGORIES = {"metre": len(METRES), "key": len(KEYS)}
"""The conditions that are one of a list rather than a number, with the list's length."""

UNKNOWN = math.nan

SLOWEST, FASTEST = 30.0, 300.0
"""Quarter notes a minute that may be asked for."""
SPARSEST, DENSEST = 0.5, 40.0
"""Notes a second that may be asked for."""
SHORTEST_NOTE, LONGEST_NOTE = 0.05, 4.0
"""Seconds that the middle note may be asked to last."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What is asked of the music; NaN where nothing is asked.

    valence, arousal: -1..1. tempo: quarter notes a minute. metre, key: index into ``METRES``,
    ``KEYS``. density: notes a second, all instruments together. repetition: the share of notes,
    0..1, that are struck as they were one, two or four bars ago. note_length: seconds that the
    middle one (the median) of all notes but the drums' lasts.
    """

    valence: float = UNKNOWN
    arousal: float = UNKNOWN
    tempo: float = UNKNOWN
    metre: float = UNKNOWN
    key: float = UNKNOWN
    density: float = UNKNOWN
    repetition: float = UNKNOWN
    note_length: float = UNKNOWN

    def vector(self, controls: tuple[str, ...]) -> npt.NDArray[np.float32]:
        """The named conditions as the network reads them: [len(controls)], about -1..1, or an
        index, or NaN."""
        return np.array([_SCALES[c].read(getattr(self, c)) for c in controls], np.float32)


@dataclass(frozen=True, slots=True)
class Scale:
    """How the network reads a condition, and the inverse."""

    read: Callable[[float], float] = float
    say: Callable[[float], float] = float


def _octaves(reference: float) -> Scale:
    return Scale(lambda value: math.log2(value / reference), lambda read: reference * 2**read)


_SCALES = {
    **{field.name: Scale() for field in fields(Conditions)},
    "tempo": _octaves(120.0),
    "density": _octaves(10.0),
    "repetition": Scale(lambda share: 2 * share - 1, lambda read: (read + 1) / 2),
    "note_length": _octaves(0.25),
}
"""Tempo, density and length are heard as ratios: octaves above a middling value."""

EMOTION = ("valence", "arousal")
ALL = tuple(field.name for field in fields(Conditions))
COUNTED = ("density", "repetition", "note_length")
"""What can be counted in any stretch of music."""


def said(name: str, read: float) -> float:
    """What the network reads of a condition, as ``Conditions`` have it."""
    return _SCALES[name].say(read)


def asked_for(
    bpm: float | None = None,
    metre: str | None = None,
    key: str | None = None,
    density: float | None = None,
    repetition: float | None = None,
    note_length: float | None = None,
) -> Conditions:
    """What users ask of the music, in their words.

    Raises EmsyncError for what can't be given.
    """
    if bpm is not None and not SLOWEST <= bpm <= FASTEST:
        raise EmsyncError(f"bpm {bpm:g}: give {SLOWEST:g} to {FASTEST:g}")
    if bpm is None and metre is not None:
        raise EmsyncError(f"meter {metre}: give the tempo (bpm) too; bars are counted by it")
    if density is not None and not SPARSEST <= density <= DENSEST:
        raise EmsyncError(f"density {density:g}: give {SPARSEST:g} to {DENSEST:g} notes a second")
    if repetition is not None and not 0 <= repetition <= 1:
        raise EmsyncError(f"repetition {repetition:g}: give a share of the notes, 0 to 1")
    if note_length is not None and not SHORTEST_NOTE <= note_length <= LONGEST_NOTE:
        raise EmsyncError(
            f"note length {note_length:g}: give {SHORTEST_NOTE:g} to {LONGEST_NOTE:g} seconds"
        )
    return Conditions(
        tempo=UNKNOWN if bpm is None else bpm,
        metre=UNKNOWN if metre is None else parse_metre(metre),
        key=UNKNOWN if key is None else parse_key(key),
        density=UNKNOWN if density is None else density,
        repetition=UNKNOWN if repetition is None else repetition,
        note_length=UNKNOWN if note_length is None else note_length,
    )


def parse_metre(text: str) -> float:
    """The index of a metre such as ``3/4``."""
    name = text.strip()
    if name not in METRES:
        raise EmsyncError(f"meter {text!r}: choose from {', '.join(METRES)}")
    return float(METRES.index(name))


def parse_key(text: str) -> float:
    """The index of a key such as ``A minor``, ``Am``, ``Db`` or ``c# major``."""
    match = re.fullmatch(r"([A-Ga-g])([#b]?)\s*(m|min|minor|maj|major|)", text.strip())
    if match is None:
        raise EmsyncError(f"key {text!r}: write it as C, F#m or 'Bb major'")
    letter, accidental, mode = match.groups()
    tonic = (_LETTERS[letter.upper()] + {"#": 1, "b": -1, "": 0}[accidental]) % 12
    return float(tonic + (12 if mode in ("m", "min", "minor") else 0))


def transpose_key(key: float, semitones: int) -> float:
    """The index of a key moved by semitones (NaN stays NaN)."""
    if math.isnan(key):
        return key
    mode, tonic = divmod(int(key), 12)
    return float(mode * 12 + (tonic + semitones) % 12)
