from __future__ import annotations

import pytest

from bridge.play.follow.beat_clock import BeatClock
from bridge.play.follow.transport import Transport

CLOCK, START, CONTINUE, STOP = b"\xf8", b"\xfa", b"\xfb", b"\xfc"


def seconds_at(beats):
    """120 quarters a minute for four quarters, then 60."""
    return beats / 2 if beats < 4 else 2 + (beats - 4)


@pytest.fixture
def clock():
    return BeatClock(seconds_at)


def feed(clock, *messages):
    """The result of the last message."""
    return [clock.feed(message, 0.0) for message in messages][-1]


def song_position(sixteenths):
    return bytes([0xF2, sixteenths & 127, sixteenths >> 7])


def test_the_first_clock_after_start_is_the_beginning(clock):
    assert feed(clock, CLOCK, CLOCK, START) is None
    assert feed(clock, CLOCK) == Transport(True, 0.0)


def test_clocks_count_beats_and_the_tempo_map_converts_them_to_seconds(clock):
    assert feed(clock, START, *[CLOCK] * 97) == Transport(True, pytest.approx(2.0))
    assert feed(clock, *[CLOCK] * 48) == Transport(True, pytest.approx(4.0))


def test_continue_goes_on_where_stop_was(clock):
    assert feed(clock, START, *[CLOCK] * 24, STOP) == Transport(False, pytest.approx(0.5))
    assert feed(clock, CLOCK) is None
    assert feed(clock, CONTINUE, CLOCK) == Transport(True, pytest.approx(0.5))


def test_song_position_locates_while_stopped(clock):
    assert feed(clock, song_position(16)) == Transport(False, pytest.approx(2.0))
    assert feed(clock, CONTINUE, CLOCK) == Transport(True, pytest.approx(2.0))
    assert feed(clock, STOP, song_position(4000)) == Transport(False, pytest.approx(998.0))


def test_song_position_jumps_while_running(clock):
    assert feed(clock, START, CLOCK, CLOCK, song_position(8)) is None
    assert feed(clock, CLOCK) == Transport(True, pytest.approx(1.0))


def test_a_clock_that_ceases_has_stopped(clock):
    clock.feed(START, 0.0)
    clock.feed(CLOCK, 1.0)
    assert clock.idle(1.4) is None
    assert clock.idle(1.6) == Transport(False, pytest.approx(0.5 / 24))
    assert clock.idle(9.0) is None
