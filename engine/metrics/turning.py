"""Does music follow a film from one emotion to another?

Goal: a piece whose halves have different emotions. Some measures need no judge: they count what
plays. The change is *noticeable* in a bar that is nearer to what comes after than to what came
before. It has no *seam* if the music does not stop for it.

Conventions: times are seconds. Modes leave the drums out. The mean pitch leaves the bass out too,
so that it does not depend on whether a bass plays. Velocities are those of the score as it is
composed, which the dynamics of a plan scale.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from engine.arrays import Floats
from engine.metrics.note_arrays import DRUMS, note_arrays
from engine.metrics.statistics import mean
from engine.music.key import find_key
from engine.music.vocabulary import INSTRUMENTS
from engine.score import Instrument, Score

BASS = INSTRUMENTS.index(Instrument.BASS)
NEAR = 1.0
"""The seconds before and after a change in which a silence counts as its seam."""
_OF_BAR = ("notes_a_second", "mean_pitch", "drums_share", "mean_velocity", "players")
"""What is compared bar by bar. A bar has too few notes for a mode."""
_LEAST_SPREAD = {
    "notes_a_second": 1.0, "mean_pitch": 1.0, "drums_share": 0.05, "mean_velocity": 2.0,
    "players": 0.5,
}  # fmt: skip
"""The least deviation of each between bars, so that constant music has a scale too."""


def counts(score: Score) -> dict[str, float]:
    """What plays, by name; NaN where there is nothing to count.

    ``notes_a_second`` counts all parts. ``mean_pitch`` leaves out bass and drums. ``minor`` is 1
    for a minor key, 0 for a major one. ``drums_share`` is that of the notes. ``players`` is how
    many instruments play. Raises ValueError where :func:`engine.metrics.note_arrays.validate` does.
    """
    notes = note_arrays(score)
    pitched = notes.pitched
    key = find_key(pitched.pitch, pitched.length)
    return {
        "notes_a_second": len(notes) / score.duration,
        "minor": math.nan if math.isnan(key) else float(key >= 12),
        "mean_pitch": mean(pitched.pitch[pitched.part != BASS].tolist()),
        "drums_share": mean((notes.part == DRUMS).tolist()),
        "mean_velocity": mean([note.velocity for note in score.notes]),
        "players": float(len(np.unique(notes.part))),
    }


def part(score: Score, start: float, end: float) -> Score:
    """What begins from ``start`` up to ``end``, as a score of its own; notes end with it."""
    notes = tuple(
        replace(note, onset=note.onset - start, end=min(note.end, end) - start)
        for note in score.notes
        if start <= note.onset < end
    )

    def within(times: Sequence[float]) -> tuple[float, ...]:
        return tuple(time - start for time in times if start <= time < end)

    return Score(notes, within(score.bars), within(score.chords), end - start)


def bars_until_noticed(score: Score, change: float) -> int:
    """How many bars after a change the music is first nearer to what comes after it.

    1 is the bar that begins at the change. A bar is described by counts that need no key. Each half
    is the mean of its bars, without the bar in question. A count weighs by how little it differs
    between the bars of one half. 0 if no bar is nearer, or if a half has fewer than two bars.
    Raises ValueError where :func:`engine.metrics.note_arrays.validate` does.
    """
    lines = [*score.bars, score.duration]
    spans = [(start, end) for start, end in pairwise(lines) if end > start]
    rows = np.array([_described(part(score, start, end)) for start, end in spans])
    after = np.array([start >= change - 0.02 for start, _ in spans])
    if min(after.sum(), (~after).sum()) < 2:
        return 0
    spread = _spread(rows, after)
    for number, bar in enumerate(np.flatnonzero(after).tolist(), start=1):
        others = np.arange(len(rows)) != bar
        before, behind = (
            _distance(rows[bar], np.nanmean(rows[half & others], axis=0), spread)
            for half in (~after, after)
        )
        if behind < before:
            return number
    return 0


def seam(score: Score, change: float) -> float:
    """The longest silence, in seconds, within :data:`NEAR` of a change. 0 if notes sound across.

    Raises ValueError where :func:`engine.metrics.note_arrays.validate` does.
    """
    notes = note_arrays(score)
    first, last = max(0.0, change - NEAR), min(score.duration, change + NEAR)
    chosen = (notes.end > first) & (notes.onset < last)
    longest, until = 0.0, first
    for onset, end in sorted(zip(notes.onset[chosen], notes.end[chosen], strict=True)):
        longest = max(longest, onset - until)
        until = max(until, end)
    return float(max(longest, last - until))


def _described(bar: Score) -> Floats:
    found = counts(bar)
    return np.array([found[name] for name in _OF_BAR])


def _spread(rows: Floats, after: np.ndarray) -> Floats:
    """The deviation of each count within the halves, [counts]."""
    means = np.where(after[:, None], np.nanmean(rows[after], 0), np.nanmean(rows[~after], 0))
    least = np.array([_LEAST_SPREAD[name] for name in _OF_BAR])
    return np.asarray(np.maximum(np.sqrt(np.nanmean((rows - means) ** 2, axis=0)), least))


def _distance(row: Floats, mean: Floats, spread: Floats) -> float:
    """The distance of a bar from a mean; what either lacks does not count."""
    return float(np.nansum(((row - mean) / spread) ** 2))
