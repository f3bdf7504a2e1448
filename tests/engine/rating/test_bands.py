from __future__ import annotations

import math

import numpy as np
import pytest

from engine.rating.bands import SHARES, TABLE, Bands, count, from_json, song_bands, to_json


def bands(values) -> Bands:
    return count([{"x": float(value)} for value in values], "made up")


def test_a_value_is_worth_the_root_of_the_share_of_songs_as_extreme():
    some = bands(range(101))
    assert some.worth("x", 25.0, "low") == pytest.approx(0.5)
    assert some.worth("x", 75.0, "high") == pytest.approx(0.5)
    assert some.worth("x", 12.5, "both") == some.worth("x", 87.5, "both") == pytest.approx(0.5)


def test_usual_values_differ_less_than_rare_ones():
    some = bands(range(101))
    worths = [some.worth("x", float(value), "low") for value in (5, 15, 50, 60)]
    assert worths[1] - worths[0] > 2 * (worths[3] - worths[2]) > 0


def test_a_value_that_most_songs_have_is_worth_1():
    mostly_none = bands([0] * 70 + list(range(1, 31)))
    assert mostly_none.worth("x", 0.0, "high") == 1
    assert 0 < mostly_none.worth("x", 20.0, "high") < 0.4


def test_values_beyond_all_songs_are_worth_nothing():
    some = bands(range(101))
    assert some.worth("x", -1.0, "low") == some.worth("x", 101.0, "high") == 0
    assert some.worth("x", 101.0, "low") == 1


def test_what_is_unknown_has_no_worth():
    assert math.isnan(bands([1, 2]).worth("x", math.nan, "low"))
    assert math.isnan(bands([1, 2]).worth("y", 1.0, "low"))


def test_the_table_is_read_as_written():
    some = bands(np.random.default_rng(0).normal(size=300))
    again = from_json(to_json(some))
    assert again.source == "made up"
    assert again.values["x"] == pytest.approx(some.values["x"], rel=1e-3)


def test_the_shipped_table_has_every_measure_that_is_rated():
    from engine.rating.rating import _OF_PART

    named = {name for measures in _OF_PART.values() for name in measures}
    assert named <= set(song_bands().values)
    for spread in song_bands().values.values():
        assert len(spread) == len(SHARES)
        assert (np.diff(spread) >= 0).all()
    assert TABLE.stat().st_size < 32_000
