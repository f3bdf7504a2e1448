"""The music that an unfinished piece must have ahead."""

from __future__ import annotations

import pytest

from bridge.play.reserve import Reserve


def test_it_doubles_each_time_that_the_music_runs_out_until_another_piece_is_loaded():
    reserve = Reserve(2.0)
    reserve.load(0.0, 100.0)
    assert reserve.needed == 2.0
    shortage = reserve.run_out(5.0, 110.0)
    assert "ran out at 5.0 s: this machine composes 0.50 s" in shortage
    assert "waits for 4 s" in shortage and reserve.needed == 4.0
    assert "waits for 8 s" in reserve.run_out(9.0, 120.0)
    reserve.load(0.0, 200.0)
    assert reserve.needed == 2.0


def test_a_reserve_of_nothing_grows_too():
    reserve = Reserve(0.0)
    reserve.run_out(5.0, 110.0)
    assert reserve.needed == 2.0


def test_the_music_of_a_change_is_waited_for_with_the_usual_reserve_at_most():
    reserve = Reserve(4.0)
    reserve.load(0.0, 100.0)
    reserve.cut(7.5)
    assert "a change at 7.5 s was not composed in time" in reserve.run_out(7.5, 110.0)
    assert reserve.needed == 1.0
    reserve.start()
    assert reserve.needed == 4.0


@pytest.mark.parametrize(("asked", "needed"), [(0.5, 0.5), (1.0, 1.0)])
def test_a_small_reserve_holds_after_a_change_too(asked, needed):
    reserve = Reserve(asked)
    reserve.cut(3.0)
    reserve.run_out(3.0, 0.0)
    assert reserve.needed == needed
