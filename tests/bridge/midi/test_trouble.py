"""A JACK server that stands still, or ends, is told of and got over."""

from __future__ import annotations

import signal
import time

import pytest

from bridge.midi.choice import Wish, open_output
from bridge.midi.messages import note_on
from bridge.play.player import Player
from engine.errors import EmsyncError
from engine.score import Instrument

from ..conftest import Receiver


@pytest.fixture
def server(jackd):
    """A JACK server of the test's own."""
    with jackd(256, 200) as process:
        yield process


def test_jack_says_that_it_stands_still_and_goes_on_after(server, soon):
    output = open_output(Wish("jack"))[0]
    assert output.trouble() is None
    server.send_signal(signal.SIGSTOP)
    assert soon(lambda: "stood still" in (output.trouble() or ""))
    server.send_signal(signal.SIGCONT)
    assert soon(lambda: output.trouble() is None)
    assert not output.gone
    output.close()


def test_playing_waits_for_it_and_goes_on_with_nothing_left_out(server, scale, soon):
    piece = scale(60)
    player = Player(open_output(Wish("jack"))[0])
    receiver = Receiver()
    player.load(piece)
    player.play()
    assert receiver.wait(receiver.notes)
    server.send_signal(signal.SIGSTOP)
    assert soon(lambda: player.state == "waiting")
    assert "stood still" in player.status().trouble
    server.send_signal(signal.SIGCONT)
    assert soon(lambda: player.state == "stopped")
    player.close()
    receiver.close()
    struck = {heard.message[1] for heard in receiver.notes() if heard.message[0] & 0xF0 == 0x90}
    assert struck >= {note.pitch for note in piece.notes[1:]}
    assert not receiver.sounding()


def test_through_rtmidi_playing_stops_and_says_why(server, scale, soon):
    player = Player(open_output(Wish("rtmidi"))[0])
    player.load(scale(200))
    player.play()
    assert soon(lambda: player.output.lateness().messages)
    server.send_signal(signal.SIGSTOP)
    assert soon(lambda: "stood still" in (player.status().fault or ""))
    assert player.state == "stopped" and player.output.gone
    server.send_signal(signal.SIGCONT)
    player.close()


def test_a_server_that_ends_is_told_of(jackd, soon):
    with jackd(256, 200):
        output = open_output(Wish("jack"))[0]
    assert soon(lambda: output.gone)
    assert "has stopped" in output.trouble()
    with pytest.raises(EmsyncError, match="has stopped"):
        output.send(time.monotonic(), Instrument.BASS, note_on(Instrument.BASS, 40, 80))
    output.close()
