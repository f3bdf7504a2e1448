"""More faults of songs, to check that the rating was not made for those of ``corruptions`` alone.

The first four were looked at once while the rating was made, and *consonance* was added for two of
them. The last two were never looked at.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.evaluation.corruptions import Fault, is_pitched, notes_within, with_notes
from engine.score import Instrument, Note, Score

LATE = 0.06
"""By how many seconds a part is late."""
WRONG = 1 / 15
"""The share of wrong notes."""
HOLE = 3.0
"""How long a silence is, in seconds."""
DISPLACED = 0.1
"""The share of notes that lie an octave off."""
BACKWARDS = 4
"""Neighbouring bars that come in the opposite order."""


def delayed(score: Score, rng: np.random.Generator) -> Score | None:
    """One part comes 60 ms too late throughout."""
    parts = sorted({note.instrument for note in score.notes}, key=list(Instrument).index)
    if len(parts) < 2:
        return None
    late = parts[int(rng.integers(len(parts)))]
    moved = []
    for note in score.notes:
        if note.instrument is late:
            onset = min(note.onset + LATE, score.duration)
            note = replace(note, onset=onset, end=min(note.end + LATE, score.duration))
        moved.append(note)
    return with_notes(score, moved)


def wrong_notes(score: Score, rng: np.random.Generator) -> Score | None:
    """One pitched note in fifteen is a semitone too high or too low."""
    if not any(map(is_pitched, score.notes)):
        return None
    wrong = rng.random(len(score.notes)) < WRONG
    by = rng.choice((-1, 1), len(score.notes)).tolist()
    return with_notes(
        score,
        (
            replace(note, pitch=min(127, max(0, note.pitch + step)))
            if off and is_pitched(note)
            else note
            for note, off, step in zip(score.notes, wrong, by, strict=True)
        ),
    )


def one_part_transposed(score: Score, rng: np.random.Generator) -> Score | None:
    """One pitched part lies a semitone or a whole tone off for four bars."""
    bars = [*score.bars, score.duration]
    parts = sorted(
        {note.instrument for note in score.notes if is_pitched(note)}, key=list(Instrument).index
    )
    if len(bars) < 6 or len(parts) < 2:
        return None
    part = parts[int(rng.integers(len(parts)))]
    first = int(rng.integers(len(bars) - 4))
    interval = int(rng.choice((-2, -1, 1, 2)))
    inside = {
        id(note)
        for note in notes_within(score.notes, bars[first], bars[first + 4])
        if note.instrument is part
    }
    if not inside:
        return None
    return with_notes(
        score,
        (
            replace(note, pitch=min(127, max(0, note.pitch + interval)))
            if id(note) in inside
            else note
            for note in score.notes
        ),
    )


def hole(score: Score, rng: np.random.Generator) -> Score | None:
    """All parts are silent for three seconds."""
    if score.duration < 3 * HOLE:
        return None
    begin = float(rng.uniform(HOLE, score.duration - 2 * HOLE))
    return with_notes(
        score,
        (
            replace(note, end=min(note.end, begin)) if note.onset < begin else note
            for note in score.notes
            if not begin - 0.01 <= note.onset < begin + HOLE
        ),
    )


def octaves(score: Score, rng: np.random.Generator) -> Score | None:
    """One pitched note in ten is an octave too high or too low."""
    if not any(map(is_pitched, score.notes)):
        return None
    off = rng.random(len(score.notes)) < DISPLACED
    by = rng.choice((-12, 12), len(score.notes)).tolist()
    return with_notes(
        score,
        (
            replace(note, pitch=note.pitch + step)
            if moved and is_pitched(note) and 0 <= note.pitch + step <= 127
            else note
            for note, moved, step in zip(score.notes, off, by, strict=True)
        ),
    )


def backwards(score: Score, rng: np.random.Generator) -> Score | None:
    """Four neighbouring bars of one pitched part come in the opposite order."""
    bars = [*score.bars]
    parts = [i for i in Instrument if i is not Instrument.DRUMS and score.part(i)]
    if len(bars) < BACKWARDS + 2 or not parts:
        return None
    part = parts[int(rng.integers(len(parts)))]
    first = int(rng.integers(len(bars) - BACKWARDS))
    lines = bars[first : first + BACKWARDS + 1]
    mine = score.part(part)
    moved: list[Note] = []
    for number in range(BACKWARDS):
        begin, end = lines[number : number + 2]
        target, until = lines[BACKWARDS - 1 - number : BACKWARDS + 1 - number]
        for note in notes_within(mine, begin, end):
            onset = max(target, note.onset - begin + target)
            close = min(note.end - begin + target, until)
            if onset < close:
                moved.append(replace(note, onset=onset, end=close))
    if not moved:
        return None
    gone = {id(note) for note in notes_within(mine, lines[0], lines[-1])}
    return with_notes(score, [*(note for note in score.notes if id(note) not in gone), *moved])


OTHERS: dict[str, Fault] = {
    "one part comes late": delayed,
    "one note in fifteen is wrong": wrong_notes,
    "one part is off for four bars": one_part_transposed,
    "silence for three seconds": hole,
    "one note in ten is an octave off": octaves,
    "one part has four bars backwards": backwards,
}
"""The faults by name."""
