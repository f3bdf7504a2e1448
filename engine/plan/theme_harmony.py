"""Chords for a melody, one a bar: those of the key that hold most of its notes.

A dynamic program weighs how long the bar's notes are chord notes against how usual the chord is and
how it follows the one before. (Ours.)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.music.chord_symbols import Chord, chord_name
from engine.music.conditions import parse_key
from engine.plan.plan import Plan
from engine.score import Instrument, Note

_MAJOR = ((0, "", 0.0), (2, "m", 0.3), (4, "m", 0.5), (5, "", 0.1), (7, "", 0.1), (9, "m", 0.2))
_MINOR = ((0, "m", 0.0), (3, "", 0.2), (5, "m", 0.2), (7, "", 0.3), (8, "", 0.1), (10, "", 0.2))
"""Root above the tonic, quality, and the cost of each chord."""
BEGINS = 0.5
"""The cost of a first chord that is not the tonic's."""
STAYS = 0.25
"""The cost of a chord that goes on for another bar."""
ON_BEAT = 2.0
"""How many times a note counts that begins with the bar."""


def harmonised(plan: Plan, part: Instrument, bars: Sequence[Sequence[Note]]) -> tuple[str, ...]:
    """The chord of each bar of a theme, in the key of the plan's first phrase.

    bars: the notes of each, in quarter notes. Empty without phrases, and for drums.
    """
    if not plan.phrases or part is Instrument.DRUMS:
        return ()
    key = int(parse_key(plan.phrases[0].key))
    mode, tonic = divmod(key, 12)
    choices = _MINOR if mode else _MAJOR
    chords = [Chord((tonic + root) % 12, quality) for root, quality, _ in choices]
    usual = np.array([cost for _, _, cost in choices])
    length = plan.quarters * plan.usual_bar
    costs = np.array([[_foreign(notes, chord, length) for chord in chords] for notes in bars])
    costs += usual
    costs[0] += np.where(np.arange(len(chords)) == 0, 0.0, BEGINS)
    moves = STAYS * np.eye(len(chords))
    total, before = costs[0], []
    for cost in costs[1:]:
        reached = total[:, None] + moves
        before.append(reached.argmin(0))
        total = reached.min(0) + cost
    best = [int(total.argmin())]
    for back in reversed(before):
        best.append(int(back[best[-1]]))
    return tuple(chord_name(chords[number], key) for number in reversed(best))


def _foreign(notes: Sequence[Note], chord: Chord, bar: float) -> float:
    """The share of a bar's sounding time with notes that are not in a chord."""
    weights = [
        max(0.0, min(note.end, bar) - note.onset) * (ON_BEAT if note.onset < 1e-6 else 1.0)
        for note in notes
    ]
    outside = [
        weight
        for note, weight in zip(notes, weights, strict=True)
        if note.pitch % 12 not in chord.pitch_classes
    ]
    return 2 * sum(outside) / sum(weights) if sum(weights) else 0.0
