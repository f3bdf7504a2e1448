"""A server that follows a DAW's transport."""

from __future__ import annotations

import time

import numpy as np
import pytest
from pythonosc.udp_client import SimpleUDPClient

from bridge.play.midi_reader import read_beats

from ..conftest import full_frame, quarter_frames
from .conftest import PLAN

UDP_PORT = 19322
BATCH = 250


@pytest.fixture(scope="module")
def jack_piece(jack_server_name, start, film):
    """A server that plays to JACK, and its finished piece."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JACK_DEFAULT_SERVER", jack_server_name)
        server = start(None, "--backend", "jack", "--follow", "jack")
    job = server.submit(film)
    assert server.ended(job)["state"] == "done"
    yield server, job
    server.end()


@pytest.fixture
def following(jack_server, jack_piece):
    """The server follows JACK's transport, with the finished piece loaded."""
    server, job = jack_piece
    server.client.ask("POST", "/stop")
    server.client.ask("POST", "/follow", {"transport": "jack"})
    assert server.client.ask("POST", "/play", {"job": job})["state"] == "stopped"
    return server


def state(server):
    return server.client.ask("GET", "/state")


def at(server, seconds, by=0.05):
    return abs(state(server)["seconds"] - seconds) <= by


def is_(server, how):
    return lambda: state(server)["state"] == how


def test_jack_transport_starts_and_stops_playback(following, sequencer):
    """The fixture's own request to play did not start it."""
    daw = sequencer.client
    daw.transport_frame = daw.samplerate
    following.until(lambda: at(following, 1.0))
    assert state(following)["follows"] == "JACK transport"
    daw.transport_start()
    following.until(is_(following, "playing"))
    daw.transport_stop()
    following.until(is_(following, "paused"))
    assert at(following, daw.transport_frame / daw.samplerate)


def test_a_live_piece_starts_when_the_transport_rolls(following, sequencer, film):
    job = following.ended(following.submit(film, live=True, reserve=0.5))["id"]
    assert (state(following)["job"], state(following)["state"]) == (job, "stopped")
    sequencer.client.transport_frame = 0
    sequencer.client.transport_start()
    following.until(is_(following, "playing"))
    sequencer.client.transport_stop()
    following.until(is_(following, "paused"))


def test_time_code_is_followed_with_an_offset(following, sequencer):
    answer = following.client.ask("POST", "/follow", {"transport": "mtc", "offset": 10})
    assert answer["follows"] == "MIDI Time Code"
    sequencer.connect()
    sequencer.send(full_frame(11))
    following.until(lambda: at(following, 1.0))
    sequencer.pace(quarter_frames(11 * 25, 12 * 25), 0.01)
    assert at(following, 2.0, 0.2)
    following.until(is_(following, "paused"))
    assert at(following, 2.0)
    assert following.client.ask("POST", "/follow")["follows"] is None


def test_midi_clock_is_followed_by_the_pieces_own_tempo(following, sequencer):
    following.client.ask("POST", "/follow", {"transport": "clock"})
    seconds_at = read_beats(following.folder / "pieces" / state(following)["job"])
    sequencer.connect()
    sequencer.send([0xF2, 4, 0])
    following.until(lambda: at(following, seconds_at(1), 0.002))
    sequencer.send([0xFB])
    sequencer.pace([[0xF8]] * 24, 1 / 48)
    following.until(is_(following, "playing"))
    sequencer.send([0xFC])
    following.until(is_(following, "paused"))
    assert at(following, seconds_at(2), 0.002)


@pytest.mark.parametrize("count", [10_000, pytest.param(100_000, marks=pytest.mark.soak)])
def test_noise_at_the_midi_input_does_no_harm(following, sequencer, count):
    """The server keeps running, and still follows."""
    following.client.ask("POST", "/follow", {"transport": "mtc"})
    sequencer.connect()
    rng = np.random.default_rng(2)
    heads = [b"\xf1", b"\xf2", b"\xf8", b"\xf0\x7f\x7f\x01\x01", b"\xfa", b""]
    for _ in range(count // BATCH):
        for head in rng.choice(len(heads), BATCH):
            sequencer.send(heads[head] + rng.bytes(rng.integers(not heads[head], 8)))
        following.until(lambda: not sequencer.waiting)
    sequencer.send(full_frame(1))
    following.until(lambda: at(following, 1.0))
    assert "Traceback" not in following.errors()


@pytest.mark.parametrize(
    ("fields", "times"),
    [
        ({"plan": PLAN}, {3: 2.3, 1: 0.8}),
        ({"bpm": 90}, {3: 2.0, 1: 2 / 3}),
        ({"free": True}, {3: 1.5, 1: 0.5}),
    ],
    ids=["plan", "bpm", "free time"],
)
def test_midi_clock_is_followed_by_the_plan_of_a_live_piece(
    following, sequencer, film, fields, times
):
    """The piece is a draft, which has no file yet to take a tempo map from."""
    following.client.ask("POST", "/follow", {"transport": "clock"})
    job = following.ended(following.submit(film, live=True, reserve=0.5, **fields))
    assert job["state"] == "done", job
    assert state(following)["job"] == job["id"]
    sequencer.connect()
    for quarter, seconds in times.items():
        sequencer.send([0xF2, 4 * quarter, 0])
        following.until(lambda there=seconds: at(following, there, 0.002))


def test_reaper_is_followed_over_osc(server, piece):
    server.client.ask("POST", "/play", {"job": piece})
    server.client.ask("POST", "/follow", {"transport": "reaper", "port": str(UDP_PORT)})
    reaper = SimpleUDPClient("127.0.0.1", UDP_PORT)
    reaper.send_message("/time", 1.0)
    server.until(lambda: at(server, 1.0))
    reaper.send_message("/play", 1.0)
    for step in range(20):
        reaper.send_message("/time", 1.0 + step / 30)
        time.sleep(1 / 30)
    assert state(server)["state"] == "playing" and state(server)["follows"] == "REAPER"
    reaper.send_message("/stop", 1.0)
    server.until(is_(server, "paused"))
    server.client.ask("POST", "/follow")
    server.client.ask("POST", "/stop")
