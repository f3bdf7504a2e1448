"""The 1011 tokens of the music model (paper, III-B1).

One table defines every token; all other code looks tokens up. The ids are the published ones, in
this order:

- PAD, START, BAR, CHORD
- TIMESHIFT, in steps of 8 ms up to a second
- OFF and ON of MIDI pitches 21..108, in pairs, for each instrument
- FEWER_INSTRUMENTS, MORE_INSTRUMENTS
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from engine.arrays import Ints
from engine.score import Instrument

STEP_MS = 8
"""Length of one time step in milliseconds."""
MAX_SHIFT = 125
"""Longest single TIMESHIFT, in steps (one second)."""
LOWEST_PITCH, HIGHEST_PITCH = 21, 108
PITCHES = HIGHEST_PITCH - LOWEST_PITCH + 1
INSTRUMENTS = tuple(Instrument)
MORE_FROM = 3
"""The least number of families of a MORE_INSTRUMENTS piece (paper, III-B1)."""


class Kind(IntEnum):
    """The kind of a token."""

    PAD = 0
    START = 1
    BAR = 2
    CHORD = 3
    TIMESHIFT = 4
    OFF = 5
    ON = 6
    FEWER_INSTRUMENTS = 7
    MORE_INSTRUMENTS = 8


PAD, START, BAR, CHORD = 0, 1, 2, 3
FIRST_SHIFT = 4
FIRST_NOTE = FIRST_SHIFT + MAX_SHIFT
FEWER_INSTRUMENTS = FIRST_NOTE + 2 * PITCHES * len(INSTRUMENTS)
MORE_INSTRUMENTS = FEWER_INSTRUMENTS + 1
SIZE = MORE_INSTRUMENTS + 1


def shift(steps: int) -> int:
    """The TIMESHIFT token of 1..125 steps of :data:`STEP_MS`. Raises ValueError for others."""
    if not 1 <= steps <= MAX_SHIFT:
        raise ValueError(f"a TIMESHIFT has 1..{MAX_SHIFT} steps, not {steps}")
    return FIRST_SHIFT - 1 + steps


def note_off(instrument: Instrument, pitch: int) -> int:
    """The OFF token of a MIDI pitch. Raises ValueError for one that has none."""
    if not LOWEST_PITCH <= pitch <= HIGHEST_PITCH:
        raise ValueError(f"pitch {pitch} is outside {LOWEST_PITCH}..{HIGHEST_PITCH}")
    return FIRST_NOTE + 2 * (INSTRUMENTS.index(instrument) * PITCHES + pitch - LOWEST_PITCH)


def note_on(instrument: Instrument, pitch: int) -> int:
    """The ON token of a pitch."""
    return note_off(instrument, pitch) + 1


class Token(NamedTuple):
    """The meaning of a token.

    steps: how far it advances time (0 unless TIMESHIFT). instrument: index into ``INSTRUMENTS``.
    pitch: MIDI number. Both are -1 unless the token is OFF or ON.
    """

    kind: Kind
    steps: int = 0
    instrument: int = -1
    pitch: int = -1


TOKENS = (
    *(Token(kind) for kind in (Kind.PAD, Kind.START, Kind.BAR, Kind.CHORD)),
    *(Token(Kind.TIMESHIFT, steps=steps) for steps in range(1, MAX_SHIFT + 1)),
    *(
        Token(kind, instrument=instrument, pitch=pitch)
        for instrument in range(len(INSTRUMENTS))
        for pitch in range(LOWEST_PITCH, HIGHEST_PITCH + 1)
        for kind in (Kind.OFF, Kind.ON)
    ),
    Token(Kind.FEWER_INSTRUMENTS),
    Token(Kind.MORE_INSTRUMENTS),
)
"""The tokens by id, to look up a single one."""


def _column(values: tuple[int, ...]) -> Ints:
    column = np.array(values, np.int64)
    column.setflags(write=False)
    return column


KIND, STEPS, INSTRUMENT, PITCH = (_column(values) for values in zip(*TOKENS, strict=True))
"""The same as columns of [SIZE], to look up arrays of tokens."""
SHIFTS = np.flatnonzero(KIND == Kind.TIMESHIFT)
"""All TIMESHIFTs, the shortest first."""


def name(token: int) -> str:
    """The token's name in the paper, e.g. ``PIANO_ON_60`` or ``TIMESHIFT_800``."""
    kind, steps, instrument, pitch = TOKENS[token]
    if kind is Kind.TIMESHIFT:
        return f"TIMESHIFT_{steps * STEP_MS}"
    if kind in (Kind.OFF, Kind.ON):
        return f"{INSTRUMENTS[instrument].name}_{kind.name}_{pitch}"
    return kind.name


def instrument_slot(families: int) -> int:
    """The first token of a piece with this number of instruments."""
    return MORE_INSTRUMENTS if families >= MORE_FROM else FEWER_INSTRUMENTS


def to_steps(seconds: float) -> int:
    """The step nearest to an absolute time in seconds. Quantised differences would drift."""
    return round(seconds * 1000 / STEP_MS)


def to_seconds(steps: int) -> float:
    """Steps to seconds."""
    return int(steps) * STEP_MS / 1000
