"""``Player.status`` never waits for an output that hangs."""

from __future__ import annotations

import threading
import time

import pytest

from bridge.midi.active_notes import ActiveNotes
from bridge.midi.scheduler import ScheduledOutput
from bridge.play.player import Player

HANG = 2.0
SOON = 0.5
"""Seconds that a status may take on a busy machine; far less than ``HANG``."""


class HangingOutput(ScheduledOutput):
    """An output whose ``send`` or ``silence`` hangs once ``hangs`` names it."""

    hangs = None

    def __init__(self, *args):
        super().__init__(*args)
        self.hanging = threading.Event()

    def send(self, *args):
        self._hang("send")
        super().send(*args)

    def silence(self):
        self._hang("silence")
        super().silence()

    def _hang(self, method):
        if self.hangs == method:
            self.hanging.set()
            time.sleep(HANG)
            self.hangs = None


class HangingSink:
    """A sink whose driver hangs in each ``emit`` while ``hangs`` is set."""

    name = "a hanging sink"

    def __init__(self):
        self.hangs, self.hanging = False, threading.Event()

    def emit(self, instrument, message):
        if self.hangs:
            self.hanging.set()
            time.sleep(HANG)
            self.hangs = False

    def close(self):
        pass


@pytest.fixture
def player(sink, tmp_path, scale):
    player = Player(HangingOutput(sink, ActiveNotes(tmp_path, "recording")))
    player.load(scale(200, first=20))
    yield player
    player.close()


def timed(call):
    """The result of a call, and the seconds that it took."""
    begun = time.monotonic()
    return call(), time.monotonic() - begun


def run(call, *args):
    """Run a call in another thread."""
    thread = threading.Thread(target=call, args=args)
    thread.start()
    return thread


def test_while_send_hangs_the_status_is_playing(player):
    player.output.hangs = "send"
    thread = run(player.play, 1.0)
    assert player.output.hanging.wait(5)
    for _ in range(5):
        status, seconds = timed(player.status)
        assert seconds < SOON
        assert status.state == player.state == "playing"
        assert 1.0 <= status.position < 1.0 + HANG and status.duration == player.duration == 10.0
        time.sleep(0.05)
    assert thread.is_alive(), "the output did not hang for long enough"
    thread.join()


def test_while_silence_hangs_the_status_is_that_before_and_then_the_new_one(player):
    player.play(1.0)
    player.output.hangs = "silence"
    thread = run(player.stop)
    assert player.output.hanging.wait(5)
    for _ in range(5):
        status, seconds = timed(player.status)
        assert seconds < SOON
        assert status.state == "playing" and 1.0 <= status.position < 1.0 + HANG + SOON
        time.sleep(0.05)
    assert thread.is_alive(), "the output did not hang for long enough"
    thread.join()
    assert (player.status().state, player.status().position) == ("stopped", 0.0)


def test_while_a_driver_hangs_the_status_is_there_at_once(tmp_path, scale):
    sink = HangingSink()
    player = Player(ScheduledOutput(sink, ActiveNotes(tmp_path, "hanging")))
    player.load(scale(200, first=20))
    sink.hangs = True
    player.play()
    assert sink.hanging.wait(5)
    thread = run(player.pause)
    time.sleep(0.1)
    status, seconds = timed(player.status)
    assert seconds < SOON and status.state == "playing" and thread.is_alive()
    thread.join()
    assert player.status().state == "paused"
    player.close()
