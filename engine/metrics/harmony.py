"""Harmony that moves: does a piece change its chords, and does it do more than repeat its bars?

Goal: to catch music that scores well by standing still. A piece of one chord is always in its key,
and a piece of one bar agrees with itself.

Conventions: bars are those of the tempo map, at most the first :data:`BARS` of a piece. Drums are
left out. A bar's pitch-class vector counts how long each pitch class lasts in it.

- ``still`` is the share of steps from one bar to the next whose vectors have a cosine of
  :data:`ALIKE` or more. Its median in 147 held-out songs is .13.
- ``loop`` is the share of bars of a part whose onsets (in sixteenths of the bar) and pitches repeat
  the bar before. Its median in these songs is 0.

No single value is right. Compare the spread over many pieces with that of songs (:func:`compare`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from engine.arrays import Floats
from engine.metrics.note_arrays import NoteArrays, note_arrays, validate
from engine.metrics.statistics import Json, distribution, proportion
from engine.music.tempo import TempoMap, tempo_map
from engine.score import Instrument, Score

BARS = 16
"""The most bars of a piece that count."""
ALIKE = 0.95
"""The cosine from which on two bars have the same harmony."""
SIXTEENTHS = 4
"""In a quarter note."""
MEASURES = ("still", "loop", "pitch_range", "bass_pitches", "strings_seconds")


def compare(scores: Sequence[Score], songs: Sequence[Score]) -> Json:
    """The spread of each measure over pieces, beside that of songs.

    ``within_songs``: the share of pieces between the songs' 5th and 95th percentile; NaN without
    songs.
    Raises ValueError where :func:`engine.metrics.note_arrays.validate` does.
    """
    ours, theirs = _table(scores), _table(songs)
    report: Json = {}
    for name in MEASURES:
        usual = distribution(theirs[name])
        known = [value for value in ours[name] if not math.isnan(value)]
        report[name] = {
            **distribution(known),
            "songs": usual,
            "within_songs": proportion(
                sum(usual["p5"] <= value <= usual["p95"] for value in known),
                len(known) if usual["n"] else 0,
            ),
        }
    return report


def _table(scores: Sequence[Score]) -> dict[str, list[float]]:
    """The values of each measure, one a score; NaN where there is nothing to count."""
    rows = [evaluate(score, tempo_map(score)) for score in scores]
    return {
        name: [math.nan if (value := row[name]) is None else value for row in rows]
        for name in MEASURES
    }


def evaluate(score: Score, tempo_map: TempoMap) -> dict[str, float | None]:
    """The measures of a piece, fit for JSON; None for a measure without anything to count.

    ``pitch_range``: semitones from the 5th to the 95th percentile of its pitches. ``bass_pitches``:
    how many pitches the bass has. ``strings_seconds``: the median length of the strings' notes.
    Raises ValueError where :func:`engine.metrics.note_arrays.validate` does.
    """
    validate(score)
    notes = note_arrays(score)
    strings = notes.of(Instrument.STRINGS).length
    bass = notes.of(Instrument.BASS).pitch
    pitches = notes.pitched.pitch
    return {
        "still": _known(still(notes, tempo_map)),
        "loop": _known(loop(notes, tempo_map)),
        "pitch_range": float(np.ptp(np.percentile(pitches, [5, 95]))) if len(pitches) else None,
        "bass_pitches": float(len(np.unique(bass))) if len(bass) else None,
        "strings_seconds": float(np.median(strings)) if len(strings) else None,
    }


def still(notes: NoteArrays, tempo_map: TempoMap) -> float:
    """The share of steps between bars that keep the harmony; NaN without two bars of notes."""
    vectors = pitch_classes(notes, tempo_map)
    norms = np.linalg.norm(vectors, axis=1)
    cosines = [
        float(a @ b / (norm_a * norm_b))
        for (a, norm_a), (b, norm_b) in pairwise(zip(vectors, norms, strict=True))
        if norm_a and norm_b
    ]
    return float(np.mean([cosine >= ALIKE for cosine in cosines])) if cosines else math.nan


def loop(notes: NoteArrays, tempo_map: TempoMap) -> float:
    """The share of bars of a part that repeat the bar before; NaN without a second bar of notes."""
    lines = _lines(tempo_map)
    onsets = tempo_map.beat_at(notes.pitched.onset)
    bars = np.searchsorted(lines, onsets + 1 / (2 * SIXTEENTHS), "right") - 1
    played: dict[tuple[int, int], set[tuple[int, int]]] = {}
    for bar, onset, pitch, part in zip(
        bars.tolist(),
        onsets.tolist(),
        notes.pitched.pitch.tolist(),
        notes.pitched.part.tolist(),
        strict=True,
    ):
        if 0 <= bar < len(lines) - 1:
            place = round((onset - lines[bar]) * SIXTEENTHS)
            played.setdefault((part, bar), set()).add((place, pitch))
    later = [key for key in played if key[1] > 0]
    repeats = [played[part, bar] == played.get((part, bar - 1)) for part, bar in later]
    return float(np.mean(repeats)) if repeats else math.nan


def pitch_classes(notes: NoteArrays, tempo_map: TempoMap) -> Floats:
    """How long each pitch class lasts in each bar, drums left out: beats, [bars, 12]."""
    lines = _lines(tempo_map)
    pitched = notes.pitched
    begin, end = tempo_map.beat_at(pitched.onset), tempo_map.beat_at(pitched.end)
    shares = np.minimum(end, lines[1:, None]) - np.maximum(begin, lines[:-1, None])
    vectors = np.zeros((len(lines) - 1, 12))
    for bar, share in enumerate(np.maximum(shares, 0.0)):
        vectors[bar] = np.bincount(pitched.pitch % 12, share, minlength=12)
    return vectors


def _lines(tempo_map: TempoMap) -> Floats:
    """The lines of the bars that count, in beats. The last bar of a piece may be cut short."""
    return np.array(tempo_map.bars[: BARS + 1])


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
