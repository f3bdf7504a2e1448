from __future__ import annotations

import math

import numpy as np
import pytest

from engine.metrics.label_features import _SHAPES, GROUPS, WIDEST, label_features
from engine.music.events import encode, normalise
from engine.score import Instrument, Note, Score

PIANO, BASS, DRUMS = Instrument.PIANO, Instrument.BASS, Instrument.DRUMS


def groups(*notes: tuple[Instrument, float, float, int], bars: tuple[float, ...] = ()) -> dict:
    """A song's features by group."""
    score = Score(tuple(Note(i, t, t + length, p) for i, t, length, p in notes), bars, (), 8.0)
    found = label_features(encode(normalise(score)))
    ends = np.cumsum(list(GROUPS.values()))
    return dict(zip(GROUPS, np.split(found, ends[:-1]), strict=True))


def test_a_song_without_notes_has_all_features():
    assert len(label_features(np.array([], np.uint16))) == sum(GROUPS.values())
    assert np.isfinite(label_features(np.array([], np.uint16))).all()


def test_shapes_of_chords_do_not_depend_on_the_key():
    for root in (50, 53, 61):
        found = groups(*((PIANO, 0.0, 1.0, root + k) for k in (0, 4, 7)))["piano shapes"]
        assert found[_SHAPES.index((0, 4, 7))] == 1 and found.sum() == 1


def test_intervals_are_those_of_the_highest_notes():
    notes = [(PIANO, t / 2, 0.4, p) for t, p in enumerate((60, 62, 62, 55))]
    found = groups(*notes, *((PIANO, t / 2, 0.4, 40) for t in range(4)))["piano intervals"]
    expected = np.zeros(2 * WIDEST + 1)
    expected[[WIDEST + 2, WIDEST, WIDEST - 7]] = math.sqrt(1 / 3)
    assert found == pytest.approx(expected)


def test_pairs_of_bass_moves_are_counted():
    notes = [(BASS, float(t), 0.9, p) for t, p in enumerate((40, 40, 45, 47, 40))]
    moves = groups(*notes)["bass moves"].reshape(12, 12)
    assert moves[5, 2] == moves[2, 5] == pytest.approx(math.sqrt(1 / 2))


def test_repeated_bars_are_counted():
    beat = [(DRUMS, t / 2, 0.1, (36, 38)[t % 2]) for t in range(16)]
    bars = (0.0, 2.0, 4.0, 6.0)
    assert groups(*beat, bars=bars)["drums repeats bars"] == pytest.approx(0.75)
    assert groups(*beat[:-1], bars=bars)["drums repeats bars"] == pytest.approx(0.5)


def test_notes_a_second_and_lengths_are_counted():
    notes = [(PIANO, float(t), 0.5, 60) for t in range(8)]
    found = groups(*notes)
    assert found["piano notes a second"] == pytest.approx(math.log(2))
    assert found["piano lengths"].max() == 1 and found["bass lengths"].max() == 0
