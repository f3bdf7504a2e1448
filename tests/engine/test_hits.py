from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.emotion.words import EMOTIONS
from engine.errors import EmsyncError
from engine.hits import (
    KINDS,
    MAY,
    Hit,
    HitList,
    boundary_hits,
    hit_json,
    hits_at,
    marked,
    rising_hits,
    stretches,
)

numbers = st.floats(-1.0, 1.0)


@st.composite
def a_hit(draw: st.DrawFn) -> Hit:
    seconds = draw(st.floats(0.0, 3600.0))
    end = draw(st.none() | st.floats(seconds + 1, seconds + 9))
    return Hit(
        seconds,
        draw(st.text()),
        draw(st.floats(0.001, 100.0)),
        draw(st.booleans()),
        draw(st.none() | st.sampled_from(EMOTIONS) | st.tuples(numbers, numbers)),
        end,
        draw(st.sampled_from([kind for kind in KINDS if kind != "off" or end is not None])),
    )


@given(a_hit())
def test_json_keeps_a_hit(hit):
    text = json.dumps([hit_json(hit)])
    assert rising_hits(4000.0)("hits", json.loads(text)) == (hit,)


def test_a_plain_hit_is_a_number_in_json():
    assert hit_json(Hit(2.5)) == 2.5
    assert hit_json(Hit(2.5, "Door")) == {"seconds": 2.5, "label": "Door"}


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ([2, 1], r"hits\[1\] is not after 2"),
        ([99], r"hits\[0\] is 99"),
        ([{"label": "x"}], r"hits\[0\]: seconds is missing"),
        ([{"seconds": 1, "wieght": 2}], "'wieght' is no field of a hit"),
        ([{"seconds": 1, "weight": 0}], r"hits\[0\]: the weight 0; give"),
        ([{"seconds": 1, "emotion": "tens"}], r"unknown emotion 'tens': give tense"),
        ([{"seconds": 1, "emotion": [0.1]}], "must be a word, or valence and arousal"),
        ([{"seconds": 1, "emotion": [0.1, 2]}], "it must be a number from -1 to 1"),
        ([{"seconds": 1, "must": "may"}], "must must be true or false"),
        ([{"seconds": 1, "kind": "jump"}], "kind must be one of marker, cut"),
        ([{"seconds": 1, "end": 1}], "a stretch from 1 s to 1 s"),
        (["1"], r"hits\[0\] must be a number"),
        ({}, "hits must be a list"),
    ],
)
def test_a_wrong_hit_in_json_is_named(value, complaint):
    with pytest.raises(EmsyncError, match=complaint):
        rising_hits(10.0)("hits", value)


def test_a_hit_that_may_be_missed_is_worth_less():
    assert Hit(1.0, weight=2.0).worth == 2.0
    assert Hit(1.0, weight=2.0, must=False).worth == 2.0 * MAY


def test_markers_go_before_the_edits_of_a_list():
    cut, marker = Hit(1.0, kind="cut"), Hit(2.0)
    both = HitList((cut, marker))
    assert both.of("hits").hits == (marker,)
    assert both.of("cuts").hits == (cut,)
    assert both.of("all").hits == (cut, marker)
    assert HitList((cut,)).of("hits").hits == (cut,)


def test_a_gradual_edit_is_a_boundary_at_its_middle():
    assert boundary_hits([Hit(4.0, end=6.0, kind="dissolve")]) == (Hit(5.0, kind="dissolve"),)
    assert boundary_hits([Hit(4.0, end=6.0)]) == (Hit(4.0, end=6.0),)


def test_of_two_hits_at_one_time_the_weightier_is_kept_with_what_the_other_says():
    first, second = Hit(4.0, "Slam", must=False), Hit(4.0002, weight=3.0, emotion="tense")
    assert boundary_hits([second, first]) == (Hit(4.0002, "Slam", weight=3.0, emotion="tense"),)


def test_hits_of_which_only_the_time_is_known():
    assert hits_at((1.0, 2.0)) == (Hit(1.0), Hit(2.0))


def test_a_stretch_without_hits_needs_an_end():
    with pytest.raises(ValueError, match="give its end"):
        Hit(4.0, kind="off")


def test_stretches_without_hits_go_with_markers_and_with_edits():
    off, cut, door = Hit(1.0, kind="off", end=5.0), Hit(2.0, kind="cut"), Hit(3.0, "Door")
    assert HitList((off, cut, door)).of("hits").hits == (off, door)
    assert HitList((off, cut)).of("hits").hits == (off, cut)
    assert HitList((off, cut)).of("cuts").hits == (cut,)


def test_a_stretch_without_hits_joins_no_hit_that_begins_with_it():
    off, door = Hit(3.0, kind="off", end=5.0), Hit(3.0, "Door")
    assert set(boundary_hits((door, off))) == {door, off}
    assert rising_hits(9.0)("hits", [door, off]) == (door, off)


def test_hits_of_a_stretch_are_left_out_up_to_its_end():
    hits = hits_at((1.0, 2.0, 3.9, 4.0))
    assert marked(hits, [(2.0, 4.0)]) == hits_at((1.0, 4.0))


@pytest.mark.parametrize("value", [[[2.0, 1.0]], [[1.0]], [1.0, 2.0], [[0.0, 99.0]]])
def test_stretches_are_two_rising_times_within_the_film(value):
    with pytest.raises(EmsyncError, match=r"no_hits\[0\]"):
        stretches(10.0)("no_hits", value)
