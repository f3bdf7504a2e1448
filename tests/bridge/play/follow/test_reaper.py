from __future__ import annotations

import pytest

from bridge.play.follow.reaper import Reaper
from bridge.play.follow.transport import Transport


@pytest.fixture
def reaper():
    return Reaper()


def feed(reaper, *packets):
    """The result of the last of (address, value, moment)."""
    return [reaper.feed((address, value), when) for address, value, when in packets][-1]


def test_times_after_play_roll(reaper):
    assert feed(reaper, ("/time", 3.0, 0.0)) == Transport(False, 3.0)
    assert feed(reaper, ("/play", 1.0, 0.1), ("/time", 3.1, 0.2)) == Transport(True, 3.1)


@pytest.mark.parametrize("address", ["/stop", "/pause"])
def test_stop_and_pause_stop_the_transport(reaper, address):
    feed(reaper, ("/play", 1.0, 0.0), ("/time", 3.0, 0.1))
    assert feed(reaper, (address, 1.0, 0.2)) == Transport(False, 3.0)
    assert feed(reaper, ("/time", 8.0, 0.3)) == Transport(False, 8.0)


def test_addresses_with_the_value_0_are_ignored(reaper):
    feed(reaper, ("/play", 1.0, 0.0), ("/stop", 0.0, 0.0))
    assert feed(reaper, ("/time", 1.0, 0.1)) == Transport(True, 1.0)


def test_a_reaper_that_plays_already_is_recognized_by_its_times(reaper):
    assert feed(reaper, ("/time", 5.0, 0.0), ("/time", 5.03, 0.03)) == Transport(True, 5.03)


def test_moving_the_cursor_does_not_count_as_playing(reaper):
    assert feed(reaper, ("/time", 5.0, 0.0), ("/time", 50.0, 0.03)) == Transport(False, 50.0)


def test_a_reaper_that_is_gone_has_stopped(reaper):
    feed(reaper, ("/play", 1.0, 0.0), ("/time", 3.0, 0.1))
    assert reaper.idle(0.5) is None
    assert reaper.idle(0.7) == Transport(False, 3.0)
    assert reaper.idle(9.0) is None


def test_other_addresses_are_ignored(reaper):
    assert feed(reaper, ("/track/1/volume", 0.5, 0.0)) is None
