from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.cues import Transition
from engine.video.boundaries import CLOSE, T_DIFF, boundaries, cut_weights, keep_apart


def cuts(*times: float, strengths: tuple[float, ...] = ()) -> list[Transition]:
    strengths = strengths or (1.0,) * len(times)
    return [Transition(t, strength=s) for t, s in zip(times, strengths, strict=True)]


def test_of_equally_strong_cuts_the_first_of_a_crowd_is_kept():
    assert keep_apart(cuts(1.0, 3.0, 4.9, 5.0, 8.9, 9.5)) == (1.0, 5.0, 9.5)
    assert keep_apart([]) == ()


def test_the_strongest_of_a_crowd_is_kept():
    crowd = cuts(10.0, 11.0, 12.0, 17.0, strengths=(0.1, 0.4, 0.2, 0.1))
    assert keep_apart(crowd) == (11.0, 17.0)


@pytest.mark.parametrize("fps", [Fraction(24000, 1001), 24, 25, Fraction(30000, 1001), 30, 50, 60])
def test_cuts_exactly_at_the_least_distance_are_both_kept(fps):
    frames = round(T_DIFF * fps)
    distance = float(frames / fps)
    for first in range(0, 5000, 7):
        pair = cuts(float(first / fps), float((first + frames) / fps))
        assert len(keep_apart(pair, distance)) == 2
        rounded = cuts(*(round(cut.time, 3) for cut in pair))
        assert len(keep_apart(rounded, distance)) == 2


@given(
    st.lists(st.tuples(st.floats(0, 100), st.floats(0, 1)), unique_by=lambda pair: pair[0]),
    st.floats(0, 10),
)
def test_kept_cuts_are_apart_and_each_dropped_one_has_a_stronger_one_near(pairs, distance):
    crowd = [Transition(time, strength=strength) for time, strength in sorted(pairs)]
    kept = keep_apart(crowd, distance)
    assert all(after - before >= distance - 0.01 for before, after in pairwise(kept))
    near = max(distance, 0.01)
    for cut in crowd:
        rivals = [other for other in crowd if other.time in kept and other.strength >= cut.strength]
        assert any(abs(cut.time - rival.time) < near or cut is rival for rival in rivals)


@pytest.mark.parametrize(
    ("times", "duration", "marks"),
    [
        ([11.9, 15.0, 23.0], 30.0, (0.0, 11.9, 23.0, 28.0)),
        ([2.0, 7.0], 10.0, (2.0, 7.0)),
        ([], 30.0, (0.0, 28.0)),
        ([4.0], 4.0 + T_DIFF + CLOSE, (0.0, 4.0, 8.0)),
        ([], 5.0, (0.0,)),
        ([6.0, 15.9], 16.0, (0.0, 6.0, 14.0)),
        ([6.0, 15.0], 16.0, (0.0, 6.0, 15.0)),
    ],
)
def test_boundaries_include_the_beginning_and_the_end_of_the_film(times, duration, marks):
    assert boundaries(cuts(*times), duration) == marks


@pytest.mark.parametrize(
    ("time", "strength", "opening"), [(0.4, 0.02, 0.0), (0.4, 1.0, 0.0), (2.0, 0.02, 0.0)]
)
def test_neither_a_cut_at_once_nor_a_weak_one_replaces_the_opening(time, strength, opening):
    crowd = cuts(time, 10.0, 16.0, strengths=(strength, 0.3, 0.2))
    assert boundaries(crowd, 30.0)[:2] == (opening, 10.0)


def test_a_strong_cut_soon_after_the_opening_replaces_it():
    assert boundaries(cuts(2.0, 10.0, strengths=(0.4, 0.2)), 30.0) == (2.0, 10.0, 28.0)


@pytest.mark.parametrize("distance", [0.0, 1.0, 10.0])
def test_the_least_distance_can_be_chosen(distance):
    marks = boundaries(cuts(1.5, 2.0, 4.0, 8.0, 28.0), 30.0, distance)
    assert all(after - before >= max(distance, 0.001) for before, after in pairwise(marks))
    assert len(marks) == {0.0: 6, 1.0: 5, 10.0: 2}[distance]


def test_a_strong_cut_weighs_more_and_a_weak_one_no_less_than_usual():
    film = cuts(1.0, 5.0, 9.0, 13.0, 17.0, strengths=(0.01, 0.1, 0.1, 0.4, 1.0))
    assert cut_weights(film) == {1.0: 1.0, 5.0: 1.0, 9.0: 1.0, 13.0: 2.0, 17.0: 2.0}
    assert cut_weights([]) == {} and cut_weights(cuts(3.0, strengths=(0.0,))) == {}
