from __future__ import annotations

import pytest

from bridge.play.follow.reaper import Reaper
from bridge.play.follow.transport import Transport


@pytest.fixture
def reaper():
    return Reaper()


def feed(reaper, *packets):
    """What came of the last of (address, value, moment)."""
    return [reaper.feed((address, value), when) for address, value, when in packets][-1]


def test_play_then_times_roll(reaper):
    assert feed(reaper, ("/time", 3.0, 0.0)) == Transport(False, 3.0)
    assert feed(reaper, ("/play", 1.0, 0.1), ("/time", 3.1, 0.2)) == Transport(True, 3.1)


@pytest.mark.parametrize("address", ["/stop", "/pause"])
def test_stop_and_pause_rest(reaper, address):
    feed(reaper, ("/play", 1.0, 0.0), ("/time", 3.0, 0.1))
    assert feed(reaper, (address, 1.0, 0.2)) == Transport(False, 3.0)
    assert feed(reaper, ("/time", 8.0, 0.3)) == Transport(False, 8.0)


def test_lamps_that_go_out_say_nothing(reaper):
    feed(reaper, ("/play", 1.0, 0.0), ("/stop", 0.0, 0.0))
    assert feed(reaper, ("/time", 1.0, 0.1)) == Transport(True, 1.0)


def test_who_comes_while_it_plays_sees_it_by_the_times(reaper):
    assert feed(reaper, ("/time", 5.0, 0.0), ("/time", 5.03, 0.03)) == Transport(True, 5.03)


def test_moving_the_cursor_is_no_playing(reaper):
    assert feed(reaper, ("/time", 5.0, 0.0), ("/time", 50.0, 0.03)) == Transport(False, 50.0)


def test_a_reaper_that_dies_has_stopped(reaper):
    feed(reaper, ("/play", 1.0, 0.0), ("/time", 3.0, 0.1))
    assert reaper.idle(0.5) is None
    assert reaper.idle(0.7) == Transport(False, 3.0)
    assert reaper.idle(9.0) is None


def test_other_addresses_are_passed_over(reaper):
    assert feed(reaper, ("/track/1/volume", 0.5, 0.0)) is None
