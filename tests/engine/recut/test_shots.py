from __future__ import annotations

from itertools import accumulate

from engine.recut.shots import same_lengths
from engine.recut.stretches import Stretch

SHOTS = [3.0, 2.5, 4.0, 1.5, 6.0, 2.0, 3.5]


def compare(old: list[float], new: list[float]) -> tuple[Stretch, ...]:
    (*before, old_end), (*after, new_end) = list(accumulate(old)), list(accumulate(new))
    return same_lengths(before, old_end, after, new_end)


def test_the_same_film_is_one_stretch():
    assert compare(SHOTS, SHOTS) == (Stretch(0.0, 0.0, 22.5),)


def test_an_inserted_shot_parts_two_stretches():
    new = [*SHOTS[:4], 5.0, *SHOTS[4:]]
    assert compare(SHOTS, new) == (Stretch(0.0, 0.0, 11.0), Stretch(11.0, 16.0, 11.5))


def test_two_shots_in_a_row_are_not_believed():
    assert compare(SHOTS, [3.0, 2.5, 7.0, 8.0]) == ()


def test_a_length_that_is_a_frame_off_is_another_shot():
    assert compare(SHOTS[:4], [3.0, 2.5, 4.0, 1.5 + 1 / 24]) == (Stretch(0.0, 0.0, 9.5),)
    assert compare(SHOTS[:3], [3.0, 2.5, 4.0 + 1 / 24]) == ()
