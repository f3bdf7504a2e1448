from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.music import vocabulary as voc
from engine.music.events import encode, normalise
from engine.music.offsets import BoundaryTracker, training_offsets
from engine.score import Instrument

ON = voc.note_on(Instrument.PIANO, 60)
SECOND, HALF = voc.shift(125), voc.shift(63)  # 1 s, 0.504 s


def run(boundaries, *tokens) -> list[float]:
    tracker = BoundaryTracker(boundaries)
    return [tracker.push(token) for token in tokens]


@given(st.data())
def test_training_offsets_equal_those_of_algorithm_1(scores, data):
    normal = normalise(data.draw(scores))
    tokens = encode(normal)
    drawn = data.draw(st.lists(st.booleans(), min_size=len(tokens), max_size=len(tokens)))
    removed = np.array(drawn) & (tokens == voc.CHORD)
    kept, offsets = training_offsets(tokens, removed)
    assert kept.tolist() == tokens[~removed].tolist()
    assert offsets == pytest.approx(run(normal.chords, *kept), abs=1e-6)


def test_a_chord_and_its_notes_have_the_offset_of_the_next_boundary():
    offsets = run([1.0, 4.0], voc.START, SECOND, voc.BAR, voc.CHORD, ON, SECOND)
    assert offsets == [1.0, 0.0, 0.0, 3.0, 3.0, 2.0]


def test_the_boundary_of_a_removed_chord_stays():
    tokens = np.array([voc.START, SECOND, voc.CHORD, ON, SECOND, voc.CHORD, ON], np.uint16)
    removed = np.arange(7) == 2
    kept, offsets = training_offsets(tokens, removed)
    assert kept.tolist() == [voc.START, SECOND, ON, SECOND, voc.CHORD, ON]
    assert offsets.tolist() == [1.0, 0.0, 0.0, 0.0, 8.0, 8.0]


def test_a_song_without_chords_has_the_largest_offset():
    tokens = np.array([voc.START, SECOND, ON], np.uint16)
    kept, offsets = training_offsets(tokens, np.zeros(3, bool))
    assert kept.tolist() == tokens.tolist()
    assert offsets.tolist() == [8.0] * 3


@pytest.mark.parametrize(
    ("boundaries", "offset"),
    [((), 8.0), ((7.992,), 7.992), ((8.0,), 8.0), ((30.0,), 8.0), ((0.0,), 0.0), ((5.0, 3.0), 3.0)],
)
def test_offsets_are_clamped_to_eight_seconds(boundaries, offset):
    assert BoundaryTracker(boundaries).offset == offset


def test_a_missed_boundary_does_not_count_any_more():
    assert run([0.5], SECOND) == [8.0]


@pytest.mark.parametrize(
    ("boundary", "fulfilled"), [(1.0, False), (0.992, True), (0.008, True), (0.0, True)]
)
def test_a_chord_fulfils_a_boundary_less_than_a_second_away(boundary, fulfilled):
    assert (run([boundary], voc.CHORD) == [8.0]) is fulfilled


def test_a_chord_fulfils_only_the_nearest_boundary():
    assert run([0.4, 0.704], HALF, voc.CHORD, voc.CHORD) == pytest.approx([0.2, 0.2, 8.0])


def test_boundaries_closer_than_a_second_each_get_their_chord():
    tokens = [HALF, voc.CHORD, ON, HALF, voc.CHORD, ON]
    assert run([0.504, 1.008], *tokens) == pytest.approx([0.0, 0.504, 0.504, 0.0, 8.0, 8.0])


def test_the_boundaries_of_the_caller_are_not_changed():
    boundaries = np.array([1.0, 2.0])
    BoundaryTracker(boundaries).push(voc.CHORD)
    assert boundaries.tolist() == [1.0, 2.0]
