import math

import numpy as np
import pytest

from engine.metrics.musicality import evaluate, measure, overlap, table
from engine.score import Instrument, Score

P, D, S = Instrument.PIANO, Instrument.DRUMS, Instrument.STRINGS


def test_octaves_are_one_pitch_class(scale) -> None:
    found = measure(scale(0, 12, 4, 4))
    assert found["pitch_class_entropy"] == 1
    assert found["in_scale"] == 1


def test_in_scale_finds_the_best_scale(scale) -> None:
    assert measure(scale(2, 4, 6, 7, 9, 11, 13, 0))["in_scale"] == 7 / 8  # D major and a C


def test_polyphony_leaves_rests_and_drums_out(piece) -> None:
    notes = (P, 0, 2, 60), (P, 1, 1, 64), (S, 6, 1, 50), (D, 6, 1, 36)
    assert measure(piece(*notes))["polyphony"] == pytest.approx(4 / 3)


def test_equal_bars_repeat(piece) -> None:
    again = piece(*((P, bar * 2 + beat, 0.5, 60) for bar in range(4) for beat in (0, 0.5)))
    found = measure(again)
    assert (found["groove"], found["repetition"], found["empty_bars"]) == (1, 1, 0)


def test_different_bars_do_not_repeat(piece) -> None:
    found = measure(piece((P, 0, 1, 60), (P, 2.5, 1, 60), (P, 4, 1, 62)))
    assert found["groove"] == pytest.approx(1 - (2 / 16 + 2 / 16 + 1 / 16) / 3)
    assert found["repetition"] == 0
    assert found["empty_bars"] == 1 / 4


def test_density_counts_each_instrument_and_length_no_drums(piece) -> None:
    found = measure(piece((P, 0, 1, 60), (P, 1, 3, 62), (D, 0, 0.1, 36)))
    assert (found["piano_density"], found["drums_density"]) == (2 / 8, 1 / 8)
    assert found["note_length"] == 2


def test_a_silent_piece_has_densities_only() -> None:
    found = measure(Score((), (), (), 4))
    assert math.isnan(found["in_scale"]) and found["bass_density"] == 0


def test_overlap_of_known_shapes() -> None:
    even, high = np.linspace(0, 1, 1200), np.linspace(0.5, 1.5, 1200)
    assert overlap(even, even) == 1
    assert overlap(even, even + 9) == 0
    assert overlap(even, high) == pytest.approx(0.5, abs=0.05)
    assert overlap(np.append(even, math.nan), even) == 1
    assert overlap(np.full(5, 0.0), np.full(7, 0.0)) == 1
    assert math.isnan(overlap(np.array([math.nan]), even))


def test_songs_like_the_corpus_reach_the_ceiling(scale) -> None:
    rng = np.random.default_rng(0)
    some = table([scale(*rng.integers(0, 12, 16)) for _ in range(20)])
    other = table([scale(*rng.integers(0, 2, 4)) for _ in range(20)])
    assert evaluate(some, some, some, rng, 5)["share_of_ceiling"]["value"] == 1
    assert evaluate(other, some, some, rng, 5)["share_of_ceiling"]["value"] < 0.8


def test_tables_need_the_same_measures_of_some_pieces(scale) -> None:
    some, rng = table([scale(0, 4)]), np.random.default_rng(0)
    with pytest.raises(ValueError, match="same measures"):
        evaluate(some, some, {"groove": some["groove"]}, rng)
    with pytest.raises(ValueError, match="at least one piece"):
        evaluate(some, table([]), some, rng)
