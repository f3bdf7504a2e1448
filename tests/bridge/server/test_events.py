"""What a WebSocket and an OSC peer receive."""

from __future__ import annotations

import asyncio
import json
import socket

import pytest
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from bridge.play.midi_reader import read_piece
from engine.cues_json import read_cues

websockets = pytest.importorskip("websockets")


@pytest.fixture(autouse=True)
def fresh(server):
    """No test receives the messages of another."""
    server.clear_osc()


def send(server, path, *values):
    builder = OscMessageBuilder(path)
    for value in values:
        builder.add_arg(value)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.sendto(builder.build().dgram, ("127.0.0.1", server.running.osc_port))


def receive(server, path):
    """The next message to this address."""
    while (message := OscMessage(server.osc.recv(65536))).address != path:
        pass
    return message.params


def is_state(state):
    return lambda event: event["event"] == "state" and event["state"] == state


def test_all_states_of_a_job_are_published(server, film):
    events = server.events(
        lambda event: event["event"] == "job" and event["state"] == "done",
        lambda: server.submit(film, audio="wav"),
    )
    states = [event["state"] for event in events if event["event"] == "job"]
    assert states == ["queued", "analyzing", "composing", "rendering", "done"]
    shares = [event["share"] for event in events if event["event"] == "progress"]
    assert max(shares) == 1.0


def test_the_sound_of_a_part_anew_comes_before_its_film(server, piece):
    seen: list[list[str]] = []

    def is_done(event):
        if event["event"] == "sound":
            seen.append(server.client.ask("GET", f"/jobs/{event['job']}")["files"])
        return event["event"] == "job" and event["state"] == "done"

    events = server.events(
        is_done,
        lambda: server.client.ask("POST", f"/jobs/{piece}/rescore", {"to": 1, "takes": 1}),
    )
    kinds = [event.get("state", event["event"]) for event in events if event["event"] != "state"]
    if "sound" not in kinds:
        pytest.skip("needs midirenderer or FluidSynth")
    assert kinds.index("rendering") < kinds.index("sound") < kinds.index("done")
    assert "score.wav" in seen[0]


def test_every_note_chord_and_boundary_is_published(server, piece):
    folder = server.folder / "pieces" / piece
    expected = read_piece(folder)

    def play():
        server.client.ask("POST", "/play", {"job": piece, "seconds": 0})

    playing = []

    def ended(event):
        playing.append(is_state("playing")(event))
        return any(playing) and is_state("stopped")(event)

    events = server.events(ended, play)
    notes = [e for e in events if e["event"] == "note"]
    assert [(e["instrument"], e["pitch"], e["velocity"], e["seconds"]) for e in notes] == [
        (n.instrument.value, n.pitch, n.velocity, n.onset) for n in expected.notes
    ]
    for kind, times in (("chord", expected.chords), ("boundary", expected.boundaries)):
        assert [e["seconds"] for e in events if e["event"] == kind] == list(times)
    emotions = [e for e in events if e["event"] == "emotion"]
    assert len(emotions) == len(read_cues(folder / "cues.json").sections)


def test_a_piece_plays_while_it_is_composed(server, film):
    events = server.events(
        lambda event: event["event"] == "job" and event["state"] == "done",
        lambda: server.submit(film, live=True, reserve=0.5),
    )
    job = events[-1]["id"]
    states = [e["state"] for e in events if e["event"] == "state" and e["job"] == job]
    assert states[0] in ("stopped", "waiting")
    state = server.until(lambda: playing_or_done(server, job))
    assert state["duration"] == pytest.approx(3.0)
    server.client.ask("POST", "/stop")


def playing_or_done(server, job):
    state = server.client.ask("GET", "/state")
    return state if state["job"] == job and state["seconds"] > 0 else None


def test_osc_controls_playback_and_receives_its_events(server, piece):
    send(server, "/emsync/play", piece, 0.0)
    while receive(server, "/emsync/state")[0] != "playing":
        pass
    instrument, _, velocity, seconds, duration = receive(server, "/emsync/note")
    assert instrument in ("bass", "drums", "guitar", "piano", "strings")
    assert velocity > 0 and seconds >= 0 and duration > 0
    send(server, "/emsync/stop")
    while (state := receive(server, "/emsync/state"))[0] != "stopped":
        pass
    assert state[4] == piece


def test_osc_submits_jobs_and_receives_errors(server, film):
    send(server, "/emsync/compose", str(film), 9)
    while (progress := receive(server, "/emsync/progress"))[1] != "queued":
        pass
    assert server.client.ask("GET", f"/jobs/{progress[0]}")["request"]["seed"] == 9
    assert server.ended(progress[0])["state"] == "done"
    send(server, "/emsync/cancel", "nobody")
    assert "no job 'nobody'" in receive(server, "/emsync/error")[0]


def test_the_state_is_sent_as_a_heartbeat(server):
    assert len([receive(server, "/emsync/state") for _ in range(2)]) == 2


def test_a_socket_needs_the_token(server):
    url = f"ws://127.0.0.1:{server.running.port}/events"

    async def state_of(url, **headers):
        async with websockets.connect(url, additional_headers=headers) as socket:
            return json.loads(await socket.recv())["event"]

    assert asyncio.run(state_of(f"{url}?token={server.running.token}")) == "state"
    for headers in ({}, {"Authorization": "Bearer guess"}, {"Origin": "http://evil.example"}):
        with pytest.raises(websockets.InvalidStatus, match="403"):
            asyncio.run(state_of(url, **headers))
