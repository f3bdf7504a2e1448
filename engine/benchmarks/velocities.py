"""The cost of a note's velocity, for a whole piece and note by note while it is composed."""

from __future__ import annotations

from itertools import groupby
from statistics import median

from engine.benchmarks.measures import Line, Section, in_turns, ratio
from engine.performance.performer import AT_ONCE, PerformanceConfig, Performer, perform
from engine.score import BeatMap, Instrument, Note, Score


def velocities(rounds: int, bars: int = 30) -> Section:
    """Time a piece of four-four bars of two seconds, as a whole and as it is composed."""
    score = piece(bars)
    times = in_turns(
        {"whole": lambda: perform(score, PerformanceConfig()), "live": lambda: _live(score)}, rounds
    )
    count = len(score.notes)
    each = 1e6 / count
    return Section(
        f"Velocities of {count:,} notes",
        (
            Line("a note, in a finished piece", each * median(times["whole"]), "us", 20),
            Line(
                f"a note, {AT_ONCE:g} s at a time as it is composed",
                each * median(times["live"]),
                "us",
            ),
            Line(
                f"{AT_ONCE:g} s at a time over the whole piece",
                ratio(times["live"], times["whole"]),
                "x",
            ),
        ),
    )


def piece(bars: int) -> Score:
    """Five parts in sixteenths and eighths; they begin one to five notes at an instant."""
    notes = []
    for sixteenth in range(16 * bars):
        onset = sixteenth / 8
        notes.append(Note(Instrument.DRUMS, onset, onset + 0.1, 42))
        if sixteenth % 2 == 0:
            notes.append(Note(Instrument.BASS, onset, onset + 0.2, 36 + sixteenth % 5))
            notes.append(Note(Instrument.GUITAR, onset, onset + 0.2, 60 + sixteenth % 7))
        if sixteenth % 4 == 0:
            notes.append(Note(Instrument.PIANO, onset, onset + 0.4, 64 + sixteenth % 9))
            notes.append(Note(Instrument.STRINGS, onset, onset + 1.0, 72 + sixteenth % 3))
    beat_map = BeatMap((0.0, 4.0 * bars), (0.0, 2.0 * bars), ((4, 4),))
    return Score(tuple(notes), tuple(2.0 * bar for bar in range(bars)), (), 2.0 * bars, beat_map)


def _live(score: Score) -> None:
    performer = Performer(PerformanceConfig(), score.beat_map)
    for number, notes in groupby(score.notes, lambda note: note.onset // AT_ONCE):
        performer.push(notes, (), (number + 1) * AT_ONCE)
