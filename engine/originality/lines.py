"""The lines of a piece: what each part plays, as successive notes.

Notes that begin together follow each other from the lowest up, as tokens have them. Drums have no
line: their pitches name parts of the kit, and their patterns belong to everybody.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import Ints, Tokens
from engine.music import vocabulary as voc
from engine.music.events import encode, normalise
from engine.music.vocabulary import Kind
from engine.score import Instrument, Score

PITCHED = tuple(
    index for index, instrument in enumerate(voc.INSTRUMENTS) if instrument is not Instrument.DRUMS
)
"""Indices into ``vocabulary.INSTRUMENTS`` of the parts that have a line."""


@dataclass(frozen=True, slots=True)
class Line:
    """The notes of one part in order.

    pitches: [n]. onsets: [n] in steps of the tokens, rising.
    """

    instrument: Instrument
    pitches: Ints
    onsets: Ints

    def __len__(self) -> int:
        return len(self.pitches)


def lines_of_tokens(tokens: Tokens) -> tuple[Line, ...]:
    """The line of each pitched part; those of parts that do not play are empty."""
    ons = np.flatnonzero(voc.KIND[tokens] == Kind.ON)
    onsets = np.cumsum(voc.STEPS[tokens])[ons]
    pitches, parts = voc.PITCH[tokens[ons]], voc.INSTRUMENT[tokens[ons]]
    return tuple(
        Line(voc.INSTRUMENTS[part], pitches[parts == part], onsets[parts == part])
        for part in PITCHED
    )


def lines(score: Score) -> tuple[Line, ...]:
    """The line of each pitched part of a score, which need not be in normal form."""
    return lines_of_tokens(encode(normalise(score)))
