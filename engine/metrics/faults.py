"""Faults that a listener would not forgive: silence, a stuck note, one pitch repeated for long.

The limits are the project's own. A piece either has a fault or not. Some songs have faults too, so
quote a share beside that of songs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from engine.metrics.note_arrays import NoteArrays, note_arrays
from engine.metrics.statistics import Json, proportion
from engine.music.vocabulary import INSTRUMENTS
from engine.score import Instrument, Score

LONGEST_REST = 8.0
LONGEST_NOTE = 10.0
LONGEST_STRINGS = 20.0
LONGEST_REPEAT = 20.0
"""Limits in seconds: of silence, of a note, of a note of the strings, and of one pitch alone."""
FEWEST_FAMILIES = 3
REPEATED = 3
"""The fewest equal onsets in a row that count as a repeat; fewer are long notes."""


def rest(notes: NoteArrays, duration: float) -> float:
    """The longest silence in seconds, including those at the two ends of the piece."""
    reach = np.maximum.accumulate(np.append(0.0, notes.end))
    return float((np.append(notes.onset, duration) - reach).max())


def one_pitch(notes: NoteArrays) -> float:
    """The longest time in seconds, onset to onset, in which all notes have the same pitch."""
    onsets, first = np.unique(notes.onset, return_index=True)
    longest = 0.0
    begun, count, before = 0.0, 0, -1
    for onset, pitches in zip(onsets.tolist(), np.split(notes.pitch, first[1:]), strict=True):
        pitch = int(pitches[0]) if (pitches == pitches[0]).all() else -1
        if pitch < 0 or pitch != before:
            begun, count = onset, 0
        before, count = pitch, count + 1
        if pitch >= 0 and count >= REPEATED:
            longest = max(longest, onset - begun)
    return longest


def find_faults(score: Score) -> dict[str, bool]:
    """Each fault by name, and whether the piece has it."""
    notes = note_arrays(score)
    parts = {instrument: notes.of(instrument) for instrument in INSTRUMENTS}
    limits = {Instrument.STRINGS: LONGEST_STRINGS}
    return {
        "rest": rest(notes, score.duration) > LONGEST_REST,
        "stuck_note": any(
            part.length.max(initial=0.0) > limits.get(instrument, LONGEST_NOTE)
            for instrument, part in parts.items()
        ),
        "one_pitch": any(one_pitch(part) > LONGEST_REPEAT for part in parts.values() if len(part)),
        "few_families": sum(len(part) > 0 for part in parts.values()) < FEWEST_FAMILIES,
    }


def evaluate(scores: Sequence[Score], songs: Sequence[Score] = ()) -> Json:
    """The share of pieces with each fault, and with none, beside that of songs (NaN without)."""
    ours = [find_faults(score) for score in scores]
    theirs = [find_faults(song) for song in songs]
    report: Json = {}
    for name in (*find_faults(Score((), (), (), 1.0)), "none"):
        report[name] = {
            **proportion(_count(ours, name), len(ours)),
            "songs": _count(theirs, name) / len(theirs) if theirs else math.nan,
        }
    return report


def _count(found: Sequence[dict[str, bool]], name: str) -> int:
    return sum(not any(one.values()) if name == "none" else one[name] for one in found)
