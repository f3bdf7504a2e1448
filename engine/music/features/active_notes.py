"""The active notes feature: for every token, which notes are active and since when.

Every note needs an OFF, which a network must not forget. So one of its inputs is every note that
still waits for an OFF. (Ours.)
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from engine.music import vocabulary as voc
from engine.music.vocabulary import Kind

NOTES = voc.PITCHES * len(voc.INSTRUMENTS)
"""The number of notes, which are in the order of their tokens."""
SCALE = 8
"""An age of 2^8 steps, two seconds, has the value 1."""


class ActiveNotes:
    """The notes whose ON is known and that have not ended."""

    def __init__(self) -> None:
        self._cursor = 0
        self._onsets: dict[int, int] = {}
        """Active note -> the step of its ON."""

    def push(self, token: int) -> None:
        """Process the next token. A note can't end at the instant of its onset."""
        kind, steps, *_ = voc.TOKENS[token]
        if kind is Kind.TIMESHIFT:
            self._cursor += steps
        elif kind is Kind.ON or kind is Kind.OFF:
            note = (token - voc.FIRST_NOTE) // 2
            if kind is Kind.ON:
                self._onsets[note] = self._cursor
            elif self._onsets.get(note) != self._cursor:
                self._onsets.pop(note, None)

    @property
    def value(self) -> npt.NDArray[np.float32]:
        """[2 ``NOTES``]: 1 for each active note, then the logarithm of each note's age."""
        row = np.zeros(2 * NOTES, np.float32)
        for note, onset in self._onsets.items():
            row[note] = 1
            row[NOTES + note] = math.log2(1 + self._cursor - onset) / SCALE
        return row
