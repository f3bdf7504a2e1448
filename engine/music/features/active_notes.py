"""The notes that sound: for every token, which do and for how long they have.

A note is ended by its OFF, which a network must not forget; so it is told of every note that waits
for one. (Ours.)
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from engine.music import vocabulary as voc
from engine.music.vocabulary import Kind

NOTES = voc.PITCHES * len(voc.INSTRUMENTS)
"""How many notes there are, in the order of their tokens."""
SCALE = 8
"""An age of 2^8 steps, two seconds, counts one."""


class ActiveNotes:
    """The notes that have been struck, as far as is known, and not ended."""

    def __init__(self) -> None:
        self._cursor = 0
        self._onsets: dict[int, int] = {}
        """Of each note that sounds the step of its ON."""

    def push(self, token: int) -> None:
        """Take the next token. A note can't end at the instant at which it is struck."""
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
        """[2 ``NOTES``]: 1 for each note that sounds, then for each its age, which counts by its
        logarithm."""
        row = np.zeros(2 * NOTES, np.float32)
        for note, onset in self._onsets.items():
            row[note] = 1
            row[NOTES + note] = math.log2(1 + self._cursor - onset) / SCALE
        return row
