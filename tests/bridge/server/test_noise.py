"""Random input on every interface: the server keeps running, and playback loses no note."""

from __future__ import annotations

import json
import socket
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pythonosc.osc_message_builder import OscMessageBuilder

from bridge.osc.receiver import NotOsc, messages
from bridge.osc.specs import BY_PATH, IN, named
from bridge.play.midi_reader import read_piece
from engine.errors import EmsyncError

BATCH = 50
values = st.one_of(
    st.integers(-(2**31), 2**31 - 1),
    st.floats(width=32),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20),
    st.binary(min_size=1, max_size=20),
    st.booleans(),
)


@st.composite
def wrong_messages(draw):
    """Known addresses that need arguments, with useless ones.

    Truncated they are just as useless, unlike ``/emsync/stop``.
    """
    needy = [a.path for a in IN if a.arguments and not a.arguments[0].optional]
    builder = OscMessageBuilder(draw(st.sampled_from(needy)))
    for value in [*draw(st.lists(values, max_size=3)), b"\xff", True]:
        builder.add_arg(value)
    return builder.build().dgram


noise = (
    st.binary(max_size=200)
    | wrong_messages()
    | st.tuples(wrong_messages(), st.integers(0, 40)).map(lambda cut: cut[0][: cut[1]])
    | st.binary(max_size=100).map(lambda tail: b"#bundle\0" + bytes(8) + tail)
    | st.binary(max_size=60).map(lambda tail: b"/emsync/locate\0\0" + tail)
)
leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
objects = leaves | st.lists(leaves, max_size=3) | st.dictionaries(st.text(max_size=8), leaves)
options = st.dictionaries(
    st.sampled_from(["video", "kind", "seed", "cues", "boundaries", "instruments", "live", "end"]),
    objects,
)
bodies = st.binary(max_size=200) | (objects | options).map(lambda value: json.dumps(value).encode())
paths = st.sampled_from(["/jobs", "/locate", "/jobs/x/regenerate", "/state", "/"]) | st.text(
    st.characters(min_codepoint=33, max_codepoint=126), max_size=40
).map(lambda tail: f"/jobs/{tail}")
requests = st.tuples(st.sampled_from(["GET", "POST", "DELETE", "PUT"]), paths, bodies)

amounts = pytest.mark.parametrize("factor", [1, pytest.param(10, marks=pytest.mark.soak)])


def flood_osc(server, count):
    """Send no faster than the server reads, so that no datagram is dropped."""
    port = server.running.osc_port
    lost = udp(port).lost
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:

        @settings(max_examples=count // BATCH, database=None)
        @given(st.lists(noise, min_size=BATCH, max_size=BATCH))
        def flood(datagrams):
            for datagram in datagrams:
                peer.sendto(datagram, ("127.0.0.1", port))
            while udp(port).waiting:
                time.sleep(0.002)

        flood()
    assert udp(port).lost == lost
    print(f"{count} datagrams sent and read, none lost")


class Udp(NamedTuple):
    """Bytes that wait at a socket, and datagrams that the kernel dropped."""

    waiting: int
    lost: int


def udp(port):
    """Of this machine's socket at ``port``; zeros on systems without /proc."""
    table = Path("/proc/net/udp")
    rows = table.read_text().splitlines()[1:] if table.exists() else []
    for row in map(str.split, rows):
        if row[1].endswith(f":{port:04X}"):
            return Udp(int(row[4].partition(":")[2], 16), int(row[-1]))
    return Udp(0, 0)


def flood_http(server, count):
    connection = HTTPConnection("127.0.0.1", server.running.port, timeout=30)

    @settings(max_examples=count, database=None)
    @given(requests)
    def flood(asked):
        method, path, body = asked
        connection.request(method, path, body, server.headers)
        answer = connection.getresponse()
        content = answer.read()
        assert answer.status < 500, asked
        assert answer.status < 400 or "\n" not in json.loads(content)["error"]

    flood()
    connection.close()


def flood_tcp(server, count):
    @settings(max_examples=count, database=None)
    @given(st.binary(max_size=300))
    def flood(data):
        with socket.create_connection(("127.0.0.1", server.running.port)) as peer:
            peer.sendall(data + b"\r\n\r\n")

    flood()


@amounts
@pytest.mark.parametrize(
    ("flood", "count"), [(flood_osc, 10_000), (flood_http, 1000), (flood_tcp, 50)]
)
def test_playback_loses_no_note_while_noise_arrives(server, piece, flood, count, factor):
    notes = read_piece(server.folder / "pieces" / piece).notes
    server.client.ask("POST", "/play", {"job": piece, "seconds": 0})
    server.client.ask("POST", "/loop", {"begin": 0})
    server.client.ask("POST", "/stop")
    began = []

    def play():
        server.client.ask("POST", "/play", {"seconds": 0})
        begun = time.monotonic()
        flood(server, count * factor)
        # A short flood may be over before the first note.
        time.sleep(max(begun + notes[0].onset + 0.5 - time.monotonic(), 0))
        server.client.ask("POST", "/stop")

    def ended(event):
        began.append(event["event"] == "state" and event["state"] == "playing")
        return any(began) and event["event"] == "state" and event["state"] == "stopped"

    events = server.events(ended, play)
    published = [
        (e["instrument"], e["pitch"], e["seconds"]) for e in events if e["event"] == "note"
    ]
    once = [(n.instrument.value, n.pitch, n.onset) for n in notes]
    print(f"{len(published)} notes published meanwhile")
    assert published
    assert published == [once[place % len(once)] for place in range(len(published))]
    assert server.process.poll() is None
    assert "Traceback" not in server.errors()


@amounts
def test_every_datagram_is_refused_or_parsed(factor):
    @settings(max_examples=40 * factor, database=None)
    @given(st.lists(noise, min_size=BATCH, max_size=BATCH))
    def read(datagrams):
        for datagram in datagrams:
            try:
                for path, arguments in messages(datagram):
                    if path in BY_PATH:
                        named(BY_PATH[path], arguments)
            except NotOsc as error:
                assert "\n" not in str(error)
            except EmsyncError as error:
                assert "takes" in str(error)

    read()
