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
    """Report a transport that rolls for some seconds from ``position`` on."""
    begun = time.monotonic()
    while (elapsed := time.monotonic() - begun) < seconds:
        late = jitter * (int(elapsed * 1000) % 2)
        chase.follow(Transport(True, position + elapsed * speed - late), time.monotonic())
        time.sleep(0.01)


def test_the_player_starts_and_pauses_where_the_transport_does(player, chase):
    chase.follow(Transport(False, 11.0), time.monotonic())
    assert player.status().state == "stopped" and player.status().position == 1.0
    roll(chase, 11.0, 0.1)
    assert player.status().state == "playing" and player.status().follows == "a test"
    chase.follow(Transport(False, 12.0), time.monotonic())
    assert player.status().state == "paused" and player.status().position == 2.0
    chase.close()
    assert player.status().follows is None


def test_the_first_notes_are_played_though_reports_come_late(player, sink, chase, soon):
    chase.follow(Transport(False, 11.0), time.monotonic())
    chase.follow(Transport(True, 11.08), time.monotonic())
    assert soon(lambda: sink.played()[:3] == [40, 41, 42])


@pytest.mark.parametrize("by", [1.0, -0.4, 0.2])
def test_the_player_jumps_with_the_transport(player, sink, chase, soon, by):
    roll(chase, 11.0, 0.3)
    roll(chase, 11.3 + by, 0.2)
    expected = player.position_at(time.monotonic())
    assert expected == pytest.approx(1.5 + by, abs=0.045)
    assert player.status().state == "playing"


def test_drift_is_corrected_without_an_interruption(player, sink, chase):
    roll(chase, 11.0, 0.2)
    silences = sum(message[1] == 123 for _, message in sink.messages)
    begun = time.monotonic() - 0.2
    roll(chase, 11.23, 2.0, jitter=0.002)
    error = 1.03 + (time.monotonic() - begun) - player.position_at(time.monotonic())
    assert abs(error) < 0.025
    assert sum(message[1] == 123 for _, message in sink.messages) == silences


def test_before_the_film_begins_the_player_waits_for_zero(player, sink, chase, soon):
    roll(chase, 9.8, 0.1)
    assert sink.played() == [] and player.status().position == 0.0
    roll(chase, 9.9, 0.3)
    assert sink.played()[0] == 20


def test_after_a_stall_the_player_joins_the_transport_where_it_is(
    player, sink, chase, moments, soon
):
    sink.stalled = True
    roll(chase, 11.0, 0.3)
    assert sink.played() == []
    states = [moment.status.state for moment in moments if moment.status]
    assert states[-2:] == ["stopped", "waiting"]
    sink.stalled = False
    assert soon(sink.played)
    assert 44 <= sink.played()[0] <= 47


def test_beyond_the_end_the_player_does_not_start(player, chase):
    roll(chase, 16.0, 0.05)
    assert player.status().state == "stopped"


def test_the_note_of_a_landing_is_played_at_every_locate(player, sink, chase, soon):
    """Frames round the place of the note up by some microseconds."""
    roll(chase, 11.0, 0.2)
    for number in range(6):
        sink.messages.clear()
        roll(chase, 12.0 + 0.25 * number + 0.00001, 0.15)
        assert soon(lambda first=60 + 5 * number: first in sink.played())


def test_a_short_jump_forwards_loses_no_note(player, sink, chase, soon):
    roll(chase, 11.0, 0.3)
    roll(chase, 11.38, 0.4)
    assert soon(lambda: set(range(40, 54)) <= set(sink.played()))


@pytest.mark.parametrize("speed", [1.1, 1.3])
def test_a_clock_faster_than_the_piece_loses_no_note(player, sink, chase, speed):
    roll(chase, 11.0, 2.5, speed=speed)
    played = sink.played()
    assert set(range(40, played[-1] + 1)) <= set(played)
    assert played[-1] >= 20 + 20 * (1 + 2.2 * speed)


def test_in_doubt_it_is_silent_and_what_lies_since_the_landing_is_struck(player, sink, chase, soon):
    """A loop of MIDI Time Code: the jump is noticed at once, and its aim is known later."""
    roll(chase, 11.0, 0.5)
    for _ in range(2):
        chase.follow(Transport(False, 11.5), time.monotonic())
        assert soon(lambda: not sink.active())
        sink.messages.clear()
        time.sleep(0.15)
        assert sink.played() == []
        chase.follow(Transport(True, 11.15, landed=11.0), time.monotonic())
        assert soon(lambda: sink.played()[:4] == [40, 41, 42, 43])
        roll(chase, 11.2, 0.2)
