"""Excerpts of songs with one mild fault put in, to check that a rating hears it.

Each fault takes a piece and a generator of random numbers. It returns the corrupted piece, or None
where the piece has no room for the fault. Bars are those of the piece; duration stays, unless the
ending is cut.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from engine.score import Instrument, Note, Score

Fault = Callable[[Score, np.random.Generator], Score | None]

LEAST_SHARE = 0.05
"""The least share of the notes of a part that falls silent."""
COPIES = 2
"""How often a looped bar comes again, in place of the bars after it."""
UNLIKE = 0.5
"""The least share of notes by which a bar differs from the one whose copy takes its place."""
TRANSPOSED = 2
"""Neighbouring bars that are transposed."""
MOST_SEMITONES = 6
JITTER = 0.02
"""Standard deviation of jittered onsets, in seconds."""
CUT = (2.0, 6.0)
"""How many seconds of the ending are missing, at least and at most."""
_ROUNDING = 0.004


def silenced(score: Score, rng: np.random.Generator) -> Score | None:
    """One part is missing. It has a twentieth of the notes or more, and is not the only one."""
    counts = Counter(note.instrument for note in score.notes)
    parts = [i for i in Instrument if counts[i] >= LEAST_SHARE * len(score.notes)]
    if len(counts) < 2 or not parts:
        return None
    missing = parts[int(rng.integers(len(parts)))]
    return with_notes(score, (note for note in score.notes if note.instrument is not missing))


def looped(score: Score, rng: np.random.Generator) -> Score | None:
    """One bar of all parts comes twice more, in place of the next two bars, which differed."""
    bars = [*score.bars]
    rooms = [
        bar
        for bar in range(len(bars) - COPIES - 1)
        if _regular(bars[bar : bar + COPIES + 2])
        and notes_within(score.notes, bars[bar], bars[bar + 1])
        and all(
            _unlikeness(score, bars, bar, bar + copy) >= UNLIKE for copy in range(1, COPIES + 1)
        )
    ]
    if not rooms:
        return None
    first = rooms[int(rng.integers(len(rooms)))]
    begin, after, end = bars[first], bars[first + 1], bars[first + COPIES + 1]
    model = notes_within(score.notes, begin, after)
    notes = [
        replace(note, end=min(note.end, after)) if note.onset < after else note
        for note in score.notes
        if not after - _ROUNDING <= note.onset < end - _ROUNDING
    ]
    for copy in range(1, COPIES + 1):
        line, until = bars[first + copy], bars[first + copy + 1]
        for note in model:
            onset = max(line, note.onset - begin + line)
            close = min(max(onset + 0.01, note.end - begin + line), until)
            if onset < close:
                notes.append(replace(note, onset=onset, end=close))
    return with_notes(score, notes)


def transposed(score: Score, rng: np.random.Generator) -> Score | None:
    """Two neighbouring bars of all pitched parts lie one to six semitones higher or lower."""
    bars = [*score.bars, score.duration]
    rooms = [
        bar
        for bar in range(len(bars) - TRANSPOSED)
        if any(is_pitched(note) for note in notes_within(score.notes, bars[bar], bars[bar + 1]))
    ]
    if not rooms:
        return None
    first = rooms[int(rng.integers(len(rooms)))]
    begin, end = bars[first], bars[first + TRANSPOSED]
    interval = int(rng.integers(1, MOST_SEMITONES + 1)) * (1 if rng.random() < 0.5 else -1)
    moved = {id(note) for note in notes_within(score.notes, begin, end) if is_pitched(note)}
    return with_notes(
        score,
        (
            replace(note, pitch=min(127, max(0, note.pitch + interval)))
            if id(note) in moved
            else note
            for note in score.notes
        ),
    )


def jittered(score: Score, rng: np.random.Generator) -> Score | None:
    """Every onset is a little early or late, each note by itself; lengths stay."""
    late = rng.normal(0.0, JITTER, len(score.notes)).tolist()
    moved = []
    for note, by in zip(score.notes, late, strict=True):
        onset = min(max(0.0, note.onset + by), score.duration)
        moved.append(
            replace(note, onset=onset, end=min(note.end - note.onset + onset, score.duration))
        )
    return with_notes(score, moved)


def cut(score: Score, rng: np.random.Generator) -> Score | None:
    """The last two to six seconds are missing. What sounds there breaks off."""
    end = score.duration - float(rng.uniform(*CUT))
    if end <= 0 or not any(note.onset < end for note in score.notes):
        return None
    notes = tuple(
        replace(note, end=min(note.end, end)) for note in score.notes if note.onset < end - 0.01
    )
    return replace(
        score,
        notes=notes,
        bars=tuple(bar for bar in score.bars if bar < end),
        chords=tuple(chord for chord in score.chords if chord < end),
        duration=end,
    )


FAULTS: dict[str, Fault] = {
    "a part is missing": silenced,
    "a bar is looped": looped,
    "two bars are transposed": transposed,
    "onsets are jittered": jittered,
    "the ending is cut": cut,
}
"""The faults that a rating should hear, by name."""


def with_notes(score: Score, notes: Iterable[Note]) -> Score:
    """The piece with other notes, which are sorted."""
    order = list(Instrument)
    return replace(
        score,
        notes=tuple(sorted(notes, key=lambda n: (n.onset, order.index(n.instrument), n.pitch))),
    )


def is_pitched(note: Note) -> bool:
    """Whether it is no note of the drums, whose pitches name parts of the kit."""
    return note.instrument is not Instrument.DRUMS


def notes_within(notes: Iterable[Note], begin: float, end: float) -> list[Note]:
    """The notes that begin in a bar; one a little early belongs to the bar that it begins."""
    return [note for note in notes if begin - _ROUNDING <= note.onset < end - _ROUNDING]


def _regular(lines: list[float]) -> bool:
    """Whether the bars between these lines are about as long."""
    lengths = np.diff(lines)
    return bool(lengths.max() <= 1.05 * lengths.min())


def _unlikeness(score: Score, bars: list[float], one: int, other: int) -> float:
    """The share of notes in which two bars differ: 1 less the Jaccard index."""
    a, b = (
        {
            (note.instrument, note.pitch, round((note.onset - bars[bar]) * 16))
            for note in notes_within(score.notes, bars[bar], bars[bar + 1])
        }
        for bar in (one, other)
    )
    return 1 - len(a & b) / len(a | b) if a | b else 0.0
