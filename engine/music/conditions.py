"""What a piece may be asked for, and how it reaches the network.

Every condition may be unknown (NaN); the network learnt each unknown as a vector of its own.
Valence and arousal are the paper's (III-A2); tempo, metre, key and density go beyond it.
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


@dataclass(frozen=True, slots=True)
class Conditions:
    """What is asked of the music; NaN where nothing is asked.

    valence, arousal: -1..1. tempo: quarter notes a minute. metre, key: index into ``METRES``,
    ``KEYS``. density: notes a second, all instruments together.
    """

    valence: float = UNKNOWN
    arousal: float = UNKNOWN
    tempo: float = UNKNOWN
    metre: float = UNKNOWN
    key: float = UNKNOWN
    density: float = UNKNOWN

    def vector(self, controls: tuple[str, ...]) -> npt.NDArray[np.float32]:
        """The named conditions as the network reads them: [len(controls)], about -1..1, or an
        index, or NaN."""
        return np.array([_SCALES.get(c, float)(getattr(self, c)) for c in controls], np.float32)


def _octaves(reference: float) -> Callable[[float], float]:
    return lambda value: math.log2(value / reference)


_SCALES = {"tempo": _octaves(120.0), "density": _octaves(10.0)}
"""Tempo and density are heard as ratios: octaves above a middling value."""

_ONE_PLAYS = 9.0
_MORE_PLAY = 0.57
"""So many notes a second one instrument strikes in songs of middling arousal, and n of them n to
this power as many; each unit of arousal doubles it: a fit to 14,990 songs, r = .80."""

EMOTION = ("valence", "arousal")
ALL = tuple(field.name for field in fields(Conditions))


def usual_density(arousal: float, instruments: int) -> float:
    """Notes a second, all ``instruments`` together, that songs of an arousal have (NaN: unknown).

    To the paper arousal is nothing but this, a second and instrument (III-A2).
    """
    # NaN stays NaN, being first.
    return min(_ONE_PLAYS * instruments**_MORE_PLAY * 2**arousal, DENSEST)


def asked_for(
    bpm: float | None = None,
    metre: str | None = None,
    key: str | None = None,
    density: float | None = None,
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
    return Conditions(
        tempo=UNKNOWN if bpm is None else bpm,
        metre=UNKNOWN if metre is None else parse_metre(metre),
        key=UNKNOWN if key is None else parse_key(key),
        density=UNKNOWN if density is None else density,
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
