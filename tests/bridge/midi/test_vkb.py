from __future__ import annotations

import socket

import pytest
from pythonosc.osc_message import OscMessage

from bridge.midi.backends import OutputConfig, open_output
from bridge.midi.messages import introduction, note_off, note_on
from bridge.midi.vkb import address
from engine.errors import EmsyncError
from engine.score import Instrument

PIANO = Instrument.PIANO


@pytest.fixture
def peer():
    """A UDP socket where REAPER would listen."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.bind(("127.0.0.1", 0))
        peer.settimeout(10)
        yield peer


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (note_on(PIANO, 60, 90), ("/vkb_midi/2/note/60", 90)),
        (note_off(Instrument.DRUMS, 36), ("/vkb_midi/9/note/36", 0)),
        (bytes([0xB2, 123, 0]), ("/vkb_midi/2/cc/123", 0)),
        (introduction(PIANO)[1], None),
    ],
)
def test_messages_become_packets(message, expected):
    assert address(message) == expected


def test_notes_and_note_offs_reach_a_peer(peer, tmp_path):
    output, why = open_output(OutputConfig("vkb", port=peer.getsockname()[1]), tmp_path)
    assert "REAPER" in why
    output.send(0.0, PIANO, note_on(PIANO, 60, 90))
    packets = [OscMessage(peer.recv(1024))]
    output.close()
    packets += [OscMessage(peer.recv(1024)) for _ in range(11)]
    found = [(packet.address, packet.params) for packet in packets]
    assert found[0] == ("/vkb_midi/2/note/60", [90])
    assert ("/vkb_midi/2/note/60", [0]) in found[1:]
    assert ("/vkb_midi/9/cc/120", [0]) in found


def test_an_unknown_host_is_an_error(tmp_path):
    with pytest.raises(EmsyncError, match="unknown host"):
        open_output(OutputConfig("vkb", host="no.such.host.invalid"), tmp_path)
