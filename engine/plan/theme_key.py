"""Finds the key of a melody."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.music.conditions import KEYS, UNKNOWN
from engine.music.key import profile
from engine.score import Note

ENDS = 1.0
"""How many notes the first and the last one count more, where the key is looked for."""
OUTSIDE = 3.0
"""The cost of notes outside a key's scale, beside the correlation with its profile."""
CLEAR = 0.4
"""The least worth of a key that is clear."""
_SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10, 11))
"""The steps of major, and of minor with both of its sevenths."""


def melody_key(notes: Sequence[Note]) -> float:
    """The key whose scale holds the notes best; of those, the one whose profile fits best.

    It is an index into ``conditions.KEYS``; NaN if none is clear. A melody has few notes, so a long
    one that is not the tonic would mislead the profile alone.
    """
    classes = np.zeros(12)
    for note in notes:
        classes[note.pitch % 12] += note.end - note.onset
    usual = classes.sum() / len(notes)
    for note in (notes[0], notes[-1]):
        classes[note.pitch % 12] += ENDS * usual
    classes /= classes.sum()
    held = [
        sum(classes[(key + step) % 12] for step in _SCALES[key // 12]) for key in range(len(KEYS))
    ]
    fits = [float(np.corrcoef(classes, profile(key))[0, 1]) for key in range(len(KEYS))]
    worths = [fit - OUTSIDE * (1 - share) for fit, share in zip(fits, held, strict=True)]
    best = int(np.argmax(worths))
    return float(best) if worths[best] >= CLEAR else UNKNOWN
