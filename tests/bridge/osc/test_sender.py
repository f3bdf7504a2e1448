from __future__ import annotations

import math
import socket

import pytest
from pythonosc.osc_message import OscMessage

from bridge.osc.sender import OscSender, parse_target
from engine.errors import EmsyncError


@pytest.fixture
def peers():
    made = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
    for peer in made:
        peer.bind(("127.0.0.1", 0))
        peer.settimeout(5.0)
    yield made
    for peer in made:
        peer.close()


def received(peer):
    message = OscMessage(peer.recv(65536))
    return message.address, message.params


def test_every_target_receives_arguments_in_the_tables_order(peers):
    sender = OscSender([peer.getsockname() for peer in peers])
    sender.send("note", duration=0.5, seconds=1.25, velocity=80, pitch=60, instrument="piano")
    sender.close()
    for peer in peers:
        assert received(peer) == ("/emsync/note", ["piano", 60, 80, 1.25, 0.5])


def test_unknown_values_are_nan_or_empty(peers):
    sender = OscSender([peers[0].getsockname()])
    sender.send("emotion", seconds=0, valence=None, arousal=0.5)
    sender.send("state", state="stopped", seconds=0, duration=0, reserve=0, job=None, late=0)
    sender.close()
    address, (seconds, valence, arousal) = received(peers[0])
    assert (address, seconds, math.isnan(valence), arousal) == ("/emsync/emotion", 0, True, 0.5)
    assert received(peers[0])[1][-1] == ""


def test_a_target_that_does_not_listen_is_no_error(peers):
    targets = [peer.getsockname() for peer in peers]
    peers[0].close()
    sender = OscSender(targets)
    for seconds in (1.0, 2.0, 3.0):
        sender.send("boundary", seconds=seconds)
        assert received(peers[1]) == ("/emsync/boundary", [seconds])
    sender.close()


def test_targets_are_host_and_port():
    assert parse_target("127.0.0.1:9000") == ("127.0.0.1", 9000)
    assert parse_target("[::1]:9000") == ("::1", 9000)
    for text in ("", "9000", "host:", "host:0", "host:70000", ":9", "host:9x"):
        with pytest.raises(EmsyncError, match="HOST:PORT"):
            parse_target(text)
