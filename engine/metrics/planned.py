"""Planned pieces: does the music keep its plan, and can a musician use it?

Goal: a piece whose bars fit its notes and its film, in which everybody plays who was asked to, and
which ends. The measures look at the finished score and its tempo map, as a DAW shows them. So they
also find what went wrong between the plan and the file.

Conventions: times are seconds. A beat is a dotted quarter in 3/8, 6/8, 9/8 and 12/8, else the note
that the time signature names. A boundary at the very beginning does not count, since every piece
begins with a beat.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Floats, Mask
from engine.metrics import alignment, grid
from engine.metrics.note_arrays import note_arrays, validate
from engine.metrics.statistics import Json, distribution, proportion
from engine.music.conditions import parse_key
from engine.music.tempo import PPQ, TempoMap, tempo_map
from engine.score import Instrument, Score

NEAR = 0.02
"""How far an onset on the grid may lie from a grid line, in seconds."""
GRIDS = (4, 3)
"""Sixteenths and eighth triplets: parts of a quarter note."""
SAME = 0.003
"""How far a boundary that is a beat may lie from the beat, in seconds. Rounding needs less."""
BARS_A_MINUTE = 4
"""In so many bars of a minute an instrument must play."""
DENSITIES = (0.8, 1.25)
"""The range of density that counts as kept, as a share of the density asked for."""
ENDING = 1.0
"""The last seconds of a piece, in which no note should begin."""
TOGETHER = 0.02
"""Onsets of one chord lie within so many seconds."""


@dataclass(frozen=True, slots=True)
class PlannedPiece:
    """A planned piece, and what was asked for.

    boundaries: seconds, rising. instruments: who was asked to play. density: notes a second, the
    mean over the piece.

    Raises ValueError when no density was asked for, or the boundaries do not rise.
    """

    score: Score
    boundaries: tuple[float, ...]
    instruments: tuple[Instrument, ...]
    density: float

    def __post_init__(self) -> None:
        alignment.validate(self.boundaries, ())
        if not 0 < self.density < math.inf:
            raise ValueError(f"density must be positive, not {self.density}")


def near_grid(onsets: Sequence[float], tempo_map: TempoMap) -> float:
    """The share of onsets within :data:`NEAR` of a sixteenth or an eighth triplet; NaN without any.

    At 120 quarter notes a minute, half of random onsets are.
    Raises ValueError where :func:`engine.metrics.grid.validate` does.
    """
    grid.validate(onsets)
    if not len(onsets):
        return math.nan
    times = np.asarray(onsets, np.float64)
    beats = tempo_map.beat_at(times)
    near = [
        np.abs(tempo_map.seconds_at(np.rint(beats * parts) / parts) - times) <= NEAR
        for parts in GRIDS
    ]
    return float(np.mean(np.any(near, axis=0)))


def bends(tempo_map: TempoMap) -> Floats:
    """How far the beats of each stretch of constant tempo differ in length from the usual: [n].

    As a share, from 0 on. The usual length lies midway between the longest and the shortest. No
    other choice makes the largest of these shares smaller.
    """
    lengths = np.array([tempo.microseconds for tempo in tempo_map.tempos], np.float64)
    usual = (lengths.min() + lengths.max()) / 2
    return np.abs(lengths / usual - 1)


def unplanned_changes(score: Score, tempo_map: TempoMap) -> int:
    """How many tempo changes of the map lie on no beat at which the plan changes its tempo.

    Raises ValueError for a score without planned beats.
    """
    if score.beat_map is None:
        raise ValueError("the score has no planned beats")
    planned = {round(beat * PPQ) for beat in score.beat_map.beats}
    return sum(tempo.tick not in planned for tempo in tempo_map.tempos)


def boundaries_met(boundaries: Sequence[float], tempo_map: TempoMap) -> tuple[int, int, int]:
    """How many boundaries are a beat of the map, how many are a downbeat, and how many there are.

    Raises ValueError where :func:`engine.metrics.alignment.validate` does.
    """
    alignment.validate(boundaries, ())
    inner = np.array([boundary for boundary in boundaries if boundary > SAME])
    if not len(inner):
        return 0, 0, 0
    last = float(tempo_map.beat_at(inner[-1]))
    beats = tempo_map.seconds_at(beat_lines(tempo_map, last))
    bars = tempo_map.seconds_at(tempo_map.bars)
    return int(_is_one_of(inner, beats).sum()), int(_is_one_of(inner, bars).sum()), len(inner)


def beat_lines(tempo_map: TempoMap, until: float) -> Floats:
    """Where the beats lie, in quarter notes: [n], rising; at least up to ``until``."""
    starts = np.array([metre.tick for metre in tempo_map.metres]) / PPQ
    lengths = [
        1.5 if metre.denominator == 8 and metre.numerator % 3 == 0 else 4 / metre.denominator
        for metre in tempo_map.metres
    ]
    ends = [*starts[1:], max(until, starts[-1]) + 2 * lengths[-1]]
    return np.concatenate(
        [
            np.arange(start, end - 1 / PPQ, length)
            for start, end, length in zip(starts, ends, lengths, strict=True)
        ]
    )


def bars_played(score: Score, tempo_map: TempoMap) -> dict[Instrument, int]:
    """In how many bars each instrument begins a note.

    Raises ValueError where :func:`engine.metrics.note_arrays.validate` does.
    """
    validate(score)
    lines = tempo_map.seconds_at(tempo_map.bars)
    # A note that is a little early by rounding belongs to the bar that it begins.
    bars = {
        instrument: np.searchsorted(
            lines, np.array([n.onset for n in score.part(instrument)]) + SAME, "right"
        )
        for instrument in Instrument
    }
    return {instrument: len(np.unique(played)) for instrument, played in bars.items()}


def players(
    score: Score, tempo_map: TempoMap, instruments: Sequence[Instrument]
) -> tuple[Instrument, ...]:
    """Those of the instruments that play :data:`BARS_A_MINUTE`, in proportion to the duration.

    They play one bar at least. A piece that has fewer bars asks for all of them.
    Raises ValueError where :func:`engine.metrics.note_arrays.validate` does.
    """
    played = bars_played(score, tempo_map)
    wanted = min(BARS_A_MINUTE * score.duration / 60, len(tempo_map.bars))
    return tuple(i for i in instruments if played[i] >= max(1, math.floor(wanted)))


def densest_bar(score: Score, tempo_map: TempoMap) -> float:
    """The notes a second of the densest whole bar, as a multiple of the mean of the whole bars.

    A piece may have all the notes that its plan asks for, but most of them in a bar or two. A bar
    is whole if another one follows. NaN without one, or without a note in one.
    Raises ValueError where :func:`engine.metrics.note_arrays.validate` does.
    """
    validate(score)
    lines = tempo_map.seconds_at(tempo_map.bars)
    lines = lines[lines <= score.duration + SAME]
    # As in bars_played().
    onsets = [note.onset + SAME for note in score.notes]
    notes, _ = np.histogram(onsets, lines) if len(lines) > 1 else (np.zeros(0), lines)
    if not notes.sum():
        return math.nan
    return float((notes / np.diff(lines)).max() * (lines[-1] - lines[0]) / notes.sum())


def late_onsets(score: Score) -> int:
    """How many notes begin in the last second (:data:`ENDING`)."""
    return sum(note.onset > score.duration - ENDING for note in score.notes)


def ends_on_tonic(score: Score) -> bool | None:
    """Whether the lowest note of the last chord is the tonic of the key; drums do not count.

    None without a note, and for a score that names no key.
    Raises ValueError where :func:`engine.metrics.note_arrays.validate` does.
    """
    notes = note_arrays(score).pitched
    if not score.keys or not len(notes):
        return None
    _, key = score.keys[-1]
    last = notes.pitch[notes.onset > notes.onset[-1] - TOGETHER]
    return int(last.min()) % 12 == int(parse_key(key)) % 12


def evaluate(pieces: Sequence[PlannedPiece]) -> Json:
    """Every measure over all pieces: shares with interval and n, or the spread over pieces.

    ``bend`` is the spread over all stretches of constant tempo of all pieces.
    Raises ValueError where the measures do.
    """
    scores = [piece.score for piece in pieces]
    maps = [tempo_map(score) for score in scores]
    both = list(zip(pieces, maps, strict=True))
    shares = [near_grid([n.onset for n in p.score.notes], tempi) for p, tempi in both]
    met = np.array([boundaries_met(p.boundaries, tempi) for p, tempi in both]).reshape(-1, 3)
    on_beat, on_downbeat, boundaries = map(int, met.sum(axis=0))
    playing = [len(players(p.score, tempi, p.instruments)) for p, tempi in both]
    asked = [len(p.instruments) for p in pieces]
    ratios = [len(p.score.notes) / p.score.duration / p.density for p in pieces]
    low, high = DENSITIES
    tonics = [tonic for score in scores if (tonic := ends_on_tonic(score)) is not None]
    return {
        "pieces": len(pieces),
        "near_grid": distribution(shares),
        "unplanned_tempo_changes": sum(unplanned_changes(p.score, tempi) for p, tempi in both),
        "bend": distribution([bend for tempi in maps for bend in bends(tempi).tolist()]),
        "boundaries_on_beat": proportion(on_beat, boundaries),
        "boundaries_on_downbeat": proportion(on_downbeat, boundaries),
        "instruments": proportion(sum(playing), sum(asked)),
        "everybody_plays": proportion(
            sum(some == wanted for some, wanted in zip(playing, asked, strict=True)), len(pieces)
        ),
        "density_ratio": {
            **distribution(ratios),
            "kept": proportion(sum(low <= ratio <= high for ratio in ratios), len(pieces)),
        },
        "densest_bar": distribution([densest_bar(p.score, tempi) for p, tempi in both]),
        "no_late_onset": proportion(sum(not late_onsets(s) for s in scores), len(pieces)),
        "ends_on_tonic": proportion(sum(tonics), len(tonics)),
    }


def _is_one_of(times: Floats, lines: Floats) -> Mask:
    """Which of the times [n] lie within :data:`SAME` of one of the lines [m]."""
    return np.abs(lines[:, None] - times).min(axis=0) <= SAME
