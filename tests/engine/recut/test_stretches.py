from __future__ import annotations

from engine.recut.stretches import Stretch, in_scored_parts, joined, stretch_at


def test_stretches_that_go_on_from_each_other_are_joined():
    first, second, third = Stretch(0, 2, 3), Stretch(3, 5, 4), Stretch(9, 9, 1)
    assert joined([third, second, first]) == (Stretch(0, 2, 7), third)


def test_a_scored_part_has_its_own_seconds():
    whole = [Stretch(0.0, 10.0, 30.0)]
    # The old score began at 5 s of its film, the new one begins at 12 s.
    assert in_scored_parts(whole, (5.0, 20.0), (12.0, 60.0)) == (Stretch(0.0, 3.0, 15.0),)
    assert in_scored_parts(whole, (0.0, 30.0), (12.0, 20.0)) == (Stretch(2.0, 0.0, 8.0),)
    assert in_scored_parts(whole, (0.0, 30.0), (50.0, 60.0)) == ()


def test_edges_belong_to_a_stretch():
    stretches = (Stretch(0, 2, 3),)
    assert stretch_at(stretches, 2.0) == stretch_at(stretches, 5.0) == stretches[0]
    assert stretch_at(stretches, 1.9) is stretch_at(stretches, 5.1) is None
