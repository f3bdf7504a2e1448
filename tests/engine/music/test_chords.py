from __future__ import annotations

import numpy as np
import pytest

from engine.music.chords import Part, chord_onsets


def part(*notes: tuple[float, float, int]) -> Part:
    """A part of (onset, length, pitch) in beats."""
    onsets, lengths, pitches = np.array(notes, float).reshape(-1, 3).T
    return onsets, onsets + lengths, pitches.astype(np.int64)


def triad(onset: float, length: float = 2.0, strum: float = 0.0) -> list[tuple[float, float, int]]:
    return [(onset + strum * i / 2, length, 60 + 4 * i) for i in range(3)]


@pytest.mark.parametrize(
    ("notes", "chords"),
    [
        (triad(1.0), [1.0]),
        (triad(1.0, length=1.875), [1.0]),
        (triad(1.0, length=1.87), []),
        (triad(1.0, strum=0.125), [1.0]),
        (triad(1.0, strum=0.13), []),
        (triad(1.0)[:2], []),
        ([*triad(1.0)[:2], (1.0, 2.0, 60)], []),
        ([*triad(1.0), (0.95, 0.5, 72)], [1.0]),
        ([*triad(1.0), (2.0, 1.0, 60)], []),
        ([*triad(4.0), *triad(1.0)], [1.0, 4.0]),
        ([], []),
    ],
    ids=[
        "plain",
        "released-early",
        "short",
        "strummed",
        "arpeggio",
        "two-notes",
        "two-pitches",
        "short-note-before",
        "cut-by-a-new-onset",
        "unsorted",
        "nothing",
    ],
)
def test_long_chords_are_found(notes, chords):
    assert chord_onsets([part(*notes)]).tolist() == chords


def test_notes_of_different_parts_are_not_a_chord():
    two, one = triad(0.0)[:2], triad(0.0)[2:]
    assert chord_onsets([part(*two), part(*one)]).tolist() == []


def test_close_chords_of_two_parts_count_as_one():
    assert chord_onsets([part(*triad(0.0)), part(*triad(0.2))]).tolist() == [0.0]
    assert chord_onsets([part(*triad(0.0)), part(*triad(0.25))]).tolist() == [0.0, 0.25]
