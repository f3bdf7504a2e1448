"""Transports reach a player through real JACK, MIDI through JACK, and OSC over UDP."""

from __future__ import annotations

import errno
import threading
import time

import pytest
from pythonosc.udp_client import SimpleUDPClient

from bridge.midi.backends import OutputConfig, open_output
from bridge.midi.jack_client import load, open_client
from bridge.midi.rtmidi_api import close_port, usable_apis
from bridge.play.follow.beat_clock import BeatClock
from bridge.play.follow.inputs import PORT_NAME, follow_jack, follow_midi, follow_reaper
from bridge.play.follow.time_code import TimeCode
from bridge.play.player import Player
from engine.errors import EmsyncError

from ...conftest import full_frame, quarter_frames

UDP_PORT = 19321


@pytest.fixture
def piece(player, scale):
    player.load(scale(200, first=20))
    return player


@pytest.fixture
def daw(jack_server):
    """A MIDI output, as a DAW's, connected to emsync's input for time code."""
    opened = []

    def connect():
        port = usable_apis()[0][1]
        opened.append(port)
        names = port.get_ports()
        port.open_port(next(n for n, name in enumerate(names) if PORT_NAME in name), "daw")
        return port.send_message

    yield connect
    for port in opened:
        close_port(port)


def positions(player, seconds=0.3):
    """Positions minus the clock, for some seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield player.status().position - time.monotonic()
        time.sleep(0.02)


def paced(send, messages, step):
    """Send at an even pace in a thread."""

    def run():
        begun = time.monotonic()
        for number, message in enumerate(messages):
            time.sleep(max(begun + number * step - time.monotonic(), 0))
            send(message)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.rtmidi
def test_midi_time_code_is_followed(piece, daw, soon):
    follower = follow_midi(piece, TimeCode())
    send = daw()
    send(full_frame(2))
    assert soon(lambda: piece.status().position == 2.0)
    thread = paced(send, quarter_frames(50, 100), 0.01)
    assert soon(lambda: piece.status().state == "playing")
    thread.join()
    assert soon(lambda: piece.status().state == "paused")
    assert piece.status().position == pytest.approx(4.0, abs=0.06)
    follower.close()


@pytest.mark.rtmidi
def test_midi_clock_is_followed(piece, daw, soon):
    follower = follow_midi(piece, BeatClock(lambda beats: beats / 2))
    send = daw()
    send([0xF2, 16, 0])
    assert soon(lambda: piece.status().position == 2.0)
    send([0xFB])
    paced(send, [[0xF8]] * 48, 1 / 48).join()
    assert piece.status().state == "playing"
    send([0xFC])
    assert soon(lambda: piece.status().state == "paused")
    assert piece.status().position == pytest.approx(3.0, abs=0.001)
    follower.close()


@pytest.mark.parametrize("pattern", [None, "daw"])
def test_midi_time_code_is_followed_through_jack(scale, sequencer, soon, pattern):
    """Here each message has the moment of its frame, however late it is read."""
    player = Player(open_output(OutputConfig("jack"))[0])
    player.load(scale(200, first=20))
    follower = follow_midi(player, TimeCode(), pattern)
    if pattern is None:
        sequencer.connect(PORT_NAME)
    sequencer.send(full_frame(2))
    assert soon(lambda: player.status().position == 2.0)
    sequencer.pace(quarter_frames(50, 100), 0.01)
    assert soon(lambda: player.status().state == "paused")
    assert player.status().position == pytest.approx(4.0, abs=0.06)
    follower.close()
    player.close()


def test_no_such_input_is_an_error(jack_server):
    player = Player(open_output(OutputConfig("jack"))[0])
    with pytest.raises(EmsyncError, match=r"MIDI input: .*no port matches"):
        follow_midi(player, TimeCode(), "no such port")
    player.close()


@pytest.mark.parametrize(("code", "connected"), [(errno.EEXIST, True), (-1, False)])
def test_an_output_that_is_connected_already_or_is_gone(
    scale, sequencer, soon, monkeypatch, code, connected
):
    player = Player(open_output(OutputConfig("jack"))[0])
    player.load(scale(200, first=20))
    port = load().OwnMidiPort
    connect = port.connect

    def connect_and_fail(ours, other):
        if connected:
            connect(ours, other)
        raise load().JackErrorCode("a test", code)

    monkeypatch.setattr(port, "connect", connect_and_fail)
    if connected:
        follower = follow_midi(player, TimeCode(), "daw")
        sequencer.send(full_frame(2))
        assert soon(lambda: player.status().position == 2.0)
        follower.close()
    else:
        with pytest.raises(EmsyncError, match=r"MIDI input: JACK: daw:out can't be connected to"):
            follow_midi(player, TimeCode(), "daw")
    assert gone(sequencer, PORT_NAME)
    player.close()


@pytest.mark.parametrize(
    "follow", [follow_jack, lambda player: follow_midi(player, TimeCode())], ids=["jack", "mtc"]
)
def test_a_server_that_refuses_the_client_is_an_error(sequencer, monkeypatch, follow):
    player = Player(open_output(OutputConfig("jack"))[0])

    def refuse(client):
        raise load().JackErrorCode("a test", -1)

    monkeypatch.setattr(load().Client, "activate", refuse)
    with pytest.raises(EmsyncError, match="let us in but not join"):
        follow(player)
    assert gone(sequencer, PORT_NAME) and player.status().follows is None
    player.close()


def gone(sequencer, name):
    """Whether the input and its thread are gone."""
    threads = [thread.name for thread in threading.enumerate()]
    return not sequencer.client.get_ports(name) and "emsync follower" not in threads


def test_reapers_osc_is_followed(piece, soon):
    follower = follow_reaper(piece, port=UDP_PORT)
    reaper = SimpleUDPClient("127.0.0.1", UDP_PORT)
    reaper.send_message("/time", 1.0)
    assert soon(lambda: piece.status().position == 1.0)
    reaper.send_message("/play", 1.0)
    for step in range(20):
        reaper.send_message("/time", 1.0 + step / 30)
        time.sleep(1 / 30)
    assert piece.status().state == "playing" and piece.status().follows == "REAPER"
    reaper.send_message("/stop", 1.0)
    assert soon(lambda: piece.status().state == "paused")
    with pytest.raises(EmsyncError, match="listened on"):
        follow_reaper(piece, port=UDP_PORT)
    follower.close()


def test_jack_transport_is_followed(piece, jack_server, soon):
    follower = follow_jack(piece)
    daw = open_client("daw")
    daw.activate()
    try:
        daw.transport_frame = 3 * daw.samplerate
        assert soon(lambda: piece.status().position == pytest.approx(3.0, abs=0.001))
        daw.transport_start()
        assert soon(lambda: piece.status().state == "playing")
        offsets = list(positions(piece))
        assert max(offsets) - min(offsets) < 0.05
        daw.transport_frame = 6 * daw.samplerate
        assert soon(lambda: piece.status().position > 6.0)
        daw.transport_stop()
        assert soon(lambda: piece.status().state == "paused")
    finally:
        daw.deactivate()
        daw.close()
        follower.close()
