from __future__ import annotations

from dataclasses import replace

import pytest

from engine.cues import Transition
from engine.hits import Hit
from engine.recut.cue_sheet import has_own_hits, recut_cues
from engine.recut.stretches import Stretch


def test_hits_move_with_their_picture(old_cues, make_sheet):
    stretches = (Stretch(0.0, 0.0, 8.0), Stretch(8.0, 20.0, 24.0))
    new = make_sheet(44.0, (6.0, 8.0, 14.0, 20.0, 23.0))
    cues = recut_cues(new, old_cues, stretches)
    # 14 is new; 8 and 20 are too near to hits that moved.
    assert cues.boundaries == pytest.approx((0.0, 6.0, 14.0, 23.0, 29.5, 34.0, 38.5))


def test_hits_of_the_user_keep_what_they_say_and_new_picture_has_none(old_cues, make_sheet):
    own = replace(old_cues, hits=(Hit(7.3, "door", weight=2.0), Hit(20.0, "shot", end=21.0)))
    assert has_own_hits(own) and not has_own_hits(old_cues)
    cues = recut_cues(make_sheet(40.0, (30.0,)), own, (Stretch(5.0, 1.0, 20.0),))
    assert cues.hits == (
        replace(own.hits[0], seconds=7.3 - 4.0),
        replace(own.hits[1], seconds=16.0, end=17.0),
    )


def test_a_hit_at_a_cut_where_a_little_picture_was_inserted_comes_once(old_cues, make_sheet):
    stretches = (Stretch(0.0, 0.0, 11.0), Stretch(11.0, 13.0, 21.0))
    cues = recut_cues(make_sheet(34.0, ()), old_cues, stretches)
    assert cues.boundaries == pytest.approx((0.0, 6.0, 11.0, 19.5, 24.0, 28.5))


def test_the_boundary_before_the_old_end_stays_only_at_the_end(old_cues, make_sheet):
    old = replace(old_cues, hits=(Hit(0.0), Hit(6.0), Hit(30.0)))
    assert not has_own_hits(old)
    longer = recut_cues(make_sheet(50.0, (32.0,)), old, (Stretch(0.0, 0.0, 32.0),))
    assert 30.0 not in longer.boundaries
    same = recut_cues(make_sheet(40.0, ()), old, (Stretch(0.0, 8.0, 32.0),))
    assert same.boundaries[-1] == 38.0


def test_emotions_move_too_and_new_picture_has_its_own(make_sheet):
    old = make_sheet(32.0, (), (-0.5, 0.5), (0.5, -0.5))
    new = make_sheet(52.0, (), (0.9, 0.9))
    cues = recut_cues(new, old, (Stretch(0.0, 0.0, 20.0), Stretch(20.0, 40.0, 12.0)))
    found = [(s.start, s.end, s.valence) for s in cues.sections]
    assert found == [(0.0, 16.0, -0.5), (16.0, 20.0, 0.5), (20.0, 40.0, 0.9), (40.0, 52.0, 0.5)]


def test_a_short_piece_has_the_emotion_of_the_one_before(make_sheet):
    old, new = make_sheet(32.0, (), (-0.5, 0.5)), make_sheet(33.0, (), (0.9, 0.9))
    cues = recut_cues(new, old, (Stretch(0.0, 0.0, 20.0), Stretch(20.0, 21.0, 12.0)))
    assert [(s.start, s.end, s.valence) for s in cues.sections] == [(0.0, 33.0, -0.5)]


def test_cuts_are_those_of_the_new_film(old_cues, make_sheet):
    new = replace(make_sheet(20.0, (3.0,)), cuts=(Transition(3.0), Transition(5.0)))
    assert recut_cues(new, old_cues, (Stretch(0.0, 0.0, 20.0),)).cuts == new.cuts
