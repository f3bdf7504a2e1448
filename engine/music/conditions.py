"""The conditions of a piece, and their form as inputs of the network.

Every condition may be unknown (NaN); the network has a learnt vector for each unknown condition.
Valence and arousal are the paper's (III-A2). Tempo, time signature, key and density are ours.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from engine.errors import EmsyncError
from engine.music.pitch import pitch_class

METRES = ("2/4", "3/4", "4/4", "6/8", "12/8")
"""The time signatures that the network knows, by index."""
KEYS = tuple(
    f"{tonic} {mode}"
    for mode in ("major", "minor")
    for tonic in ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
)
"""The keys that the network knows, by index: twelve major, then twelve minor."""

CATEGORIES = {"metre": len(METRES), "key": len(KEYS)}
"""The conditions that are an index into a list, with the length of the list."""

UNKNOWN = math.nan


def known(value: float, usual: float = 0.0) -> float:
    """The value, or the usual one where it is unknown."""
    return usual if math.isnan(value) else value


SLOWEST, FASTEST = 30.0, 300.0
"""The range of tempo, in quarter notes a minute."""
SPARSEST, DENSEST = 0.5, 40.0
"""The range of density, in notes a second."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the user or the film asks of the music; NaN where nothing is asked.

    valence, arousal: -1..1. tempo: quarter notes a minute. metre: index into ``METRES``. key: index
    into ``KEYS``. density: notes a second, all instruments together.
    """

    valence: float = UNKNOWN
    arousal: float = UNKNOWN
    tempo: float = UNKNOWN
    metre: float = UNKNOWN
    key: float = UNKNOWN
    density: float = UNKNOWN

    def vector(self, controls: tuple[str, ...]) -> npt.NDArray[np.float32]:
        """The named conditions as inputs of the network: [len(controls)].

        Each is a number of about -1..1, or an index, or NaN.
        """
        return np.array([_SCALES.get(c, float)(getattr(self, c)) for c in controls], np.float32)


def _octaves(reference: float) -> Callable[[float], float]:
    return lambda value: math.log2(value / reference)


_SCALES = {"tempo": _octaves(120.0), "density": _octaves(10.0)}
"""Tempo and density count as ratios: octaves above a medium value."""

_ONE_PLAYS = 9.0
_MORE_PLAY = 0.57
"""A fit to 14,990 songs, r = .80. At medium arousal one instrument plays ``_ONE_PLAYS`` notes a
second. The density of n instruments is n to the power of ``_MORE_PLAY`` times that of one. Each
unit of arousal doubles it."""

EMOTION = ("valence", "arousal")
ALL = tuple(field.name for field in fields(Conditions))


def usual_density(arousal: float, instruments: int) -> float:
    """The usual notes a second of songs with this arousal, all ``instruments`` together.

    NaN for an unknown arousal. The paper defines arousal as this density for each instrument
    (III-A2).
    """
    # min() returns its first argument if that is NaN.
    return min(_ONE_PLAYS * instruments**_MORE_PLAY * 2**arousal, DENSEST)


FURTHEST = 1.5
"""The furthest from 0 that the network is given valence and arousal. Of the labels that it
learnt from, hardly one is further than 1."""


def with_guidance(conditions: Conditions, guidance: float) -> Conditions:
    """The conditions with an emotion that lies ``guidance`` times as far from the middle.

    A network that reads music follows the music more than an emotion. An exaggerated emotion has
    the effect of classifier-free guidance (Ho and Salimans 2022), without a second row to compute.
    """
    valence, arousal = (
        float(np.clip(guidance * value, -FURTHEST, FURTHEST))
        for value in (conditions.valence, conditions.arousal)
    )
    return replace(conditions, valence=valence, arousal=arousal)


def parse_conditions(
    bpm: float | None = None,
    time_signature: str | None = None,
    key: str | None = None,
    density: float | None = None,
) -> Conditions:
    """The conditions that a user asks for; None for each that is not asked.

    bpm: quarter notes a minute. time_signature: such as ``3/4``. key: such as ``A minor``. density:
    notes a second. Raises EmsyncError for values out of range, and for a time signature without a
    tempo.
    """
    if bpm is not None and not SLOWEST <= bpm <= FASTEST:
        raise EmsyncError(f"bpm {bpm:g}: give {SLOWEST:g} to {FASTEST:g}")
    if bpm is None and time_signature is not None:
        raise EmsyncError(
            f"time signature {time_signature}: give the tempo (bpm) too; it sets the bars' length"
        )
    if density is not None and not SPARSEST <= density <= DENSEST:
        raise EmsyncError(f"density {density:g}: give {SPARSEST:g} to {DENSEST:g} notes a second")
    return Conditions(
        tempo=UNKNOWN if bpm is None else bpm,
        metre=UNKNOWN if time_signature is None else parse_time_signature(time_signature),
        key=UNKNOWN if key is None else parse_key(key),
        density=UNKNOWN if density is None else density,
    )


def parse_time_signature(text: str) -> float:
    """The index of a time signature such as ``3/4``. Raises EmsyncError for an unknown one."""
    name = text.strip()
    if name not in METRES:
        raise EmsyncError(f"time signature {text!r}: choose from {', '.join(METRES)}")
    return float(METRES.index(name))


def parse_key(text: str) -> float:
    """The index of a key such as ``A minor``, ``Am``, ``Db`` or ``c# major``.

    Raises EmsyncError for other texts.
    """
    match = re.fullmatch(r"([A-Ga-g])([#b]?)\s*(m|min|minor|maj|major|)", text.strip())
    if match is None:
        raise EmsyncError(f"key {text!r}: write it as C, F#m or 'Bb major'")
    letter, accidental, mode = match.groups()
    tonic = pitch_class(letter.upper(), accidental)
    return float(tonic + (12 if mode in ("m", "min", "minor") else 0))


def transpose_key(key: float, semitones: int) -> float:
    """The index of a key transposed by semitones (NaN stays NaN)."""
    if math.isnan(key):
        return key
    mode, tonic = divmod(int(key), 12)
    return float(mode * 12 + (tonic + semitones) % 12)
