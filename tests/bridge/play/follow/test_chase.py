from __future__ import annotations

import time

import pytest

from bridge.play.follow.chase import Chase
from bridge.play.follow.transport import Transport


@pytest.fixture
def chase(player, scale):
    player.load(scale(100, first=20))
    return Chase(player, "a test", offset=10.0)


def roll(chase, position, seconds, speed=1.0, jitter=0.0):
    """Report a transport that rolls from ``position`` on for some seconds."""
    begun = time.monotonic()
    while (elapsed := time.monotonic() - begun) < seconds:
        late = jitter * (int(elapsed * 1000) % 2)
        chase.follow(Transport(True, position + elapsed * speed - late), time.monotonic())
        time.sleep(0.01)


def test_starts_and_stops_where_the_transport_does(player, chase):
    chase.follow(Transport(False, 11.0), time.monotonic())
    assert player.status().state == "stopped" and player.status().position == 1.0
    roll(chase, 11.0, 0.1)
    assert player.status().state == "playing" and player.status().follows == "a test"
    chase.follow(Transport(False, 12.0), time.monotonic())
    assert player.status().state == "paused" and player.status().position == 2.0
    chase.close()
    assert player.status().follows is None


def test_the_first_notes_are_struck_though_reports_come_late(player, page, chase, soon):
    chase.follow(Transport(False, 11.0), time.monotonic())
    chase.follow(Transport(True, 11.08), time.monotonic())
    assert soon(lambda: page.struck()[:3] == [40, 41, 42])


@pytest.mark.parametrize("by", [1.0, -0.4, 0.2])
def test_jumps_with_it(player, page, chase, soon, by):
    roll(chase, 11.0, 0.3)
    roll(chase, 11.3 + by, 0.2)
    expected = player.position_at(time.monotonic())
    assert expected == pytest.approx(1.5 + by, abs=0.045)
    assert player.status().state == "playing"


def test_drift_is_made_good_without_a_break(player, page, chase):
    roll(chase, 11.0, 0.2)
    silences = sum(message[1] == 123 for _, message in page.lines)
    begun = time.monotonic() - 0.2
    roll(chase, 11.23, 2.0, jitter=0.002)
    error = 1.03 + (time.monotonic() - begun) - player.position_at(time.monotonic())
    assert abs(error) < 0.025
    assert sum(message[1] == 123 for _, message in page.lines) == silences


def test_before_the_film_begins_it_waits_for_zero(player, page, chase, soon):
    roll(chase, 9.8, 0.1)
    assert page.struck() == [] and player.status().position == 0.0
    roll(chase, 9.9, 0.3)
    assert page.struck()[0] == 20


def test_it_rolls_on_while_the_way_out_stands_still(player, page, chase, heard, soon):
    page.held = True
    roll(chase, 11.0, 0.3)
    assert page.struck() == []
    states = [moment.status.state for moment in heard if moment.status]
    assert states[-2:] == ["stopped", "waiting"]
    page.held = False
    assert soon(page.struck)
    assert 44 <= page.struck()[0] <= 47


def test_beyond_the_end_nothing_starts(player, chase):
    roll(chase, 16.0, 0.05)
    assert player.status().state == "stopped"
