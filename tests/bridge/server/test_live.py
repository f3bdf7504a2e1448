"""Playback while composing, with the network that comes with emsync."""

from __future__ import annotations

import os
import signal

import pytest
from pythonosc.osc_message import OscMessage

from bridge.play.midi_reader import read_piece

from .test_shutdown import needs_proc

RESERVE = 2.0
BOUNDARIES = [0.0, 1.5, 3.0, 4.5, 6.0]


@pytest.fixture
def server(start):
    """A server with the network that comes with emsync."""
    pytest.importorskip("onnxruntime")
    from engine.model.runtime import SHIPPED

    server = start(None, "--model", SHIPPED)
    yield server
    server.end()


@pytest.fixture(scope="module")
def half_minute(draw_film, tmp_path_factory):
    """A film that is composed in several times the seconds in which its first boundaries play."""
    return draw_film(tmp_path_factory.mktemp("films") / "half a minute.mp4", 40, 20)


def submit(server, film):
    return server.submit(film, live=True, reserve=RESERVE, boundaries=BOUNDARIES)


def of_kind(events, kind):
    return [event for event in events if event["event"] == kind]


def is_state(state):
    return lambda event: event["event"] == "state" and event["state"] == state


def test_notes_chords_and_boundaries_are_published_during_composing(server, half_minute):
    """Each exactly once and in order, over WebSocket and OSC."""
    over_osc = []

    def submit_and_receive():
        submit(server, half_minute)
        while over_osc[-1:] != [("boundary", BOUNDARIES[-1])]:
            message = OscMessage(server.osc.recv(65536))
            kind = message.address.rpartition("/")[2]
            if kind in ("boundary", "chord"):
                over_osc.append((kind, pytest.approx(message.params[0])))

    events = server.events(
        lambda event: event["event"] == "boundary" and event["seconds"] == BOUNDARIES[-1],
        submit_and_receive,
    )
    job = of_kind(events, "job")[-1]
    third = next(n for n, event in enumerate(events) if event.get("seconds") == BOUNDARIES[2])
    assert not any(event.get("state") == "done" for event in events[:third])
    # Else the piece could be changed up to its end, and would be done then.
    server.client.ask("POST", "/stop")
    states = [event["state"] for event in of_kind(events, "state") if event["job"] == job["id"]]
    assert "waiting" in states and states[-1] == "playing"
    assert server.ended(job["id"])["state"] == "done"
    piece = read_piece(server.folder / "pieces" / job["id"])
    now = BOUNDARIES[-1] - 0.1
    assert [e["seconds"] for e in of_kind(events, "boundary")] == BOUNDARIES
    chords = [e["seconds"] for e in of_kind(events, "chord") if e["seconds"] < now]
    # Files have times in ticks, live notes in the network's steps of 8 ms.
    assert chords == pytest.approx([c for c in piece.chords if c < now], abs=0.002)
    marks = [(e["event"], e["seconds"]) for e in events if e["event"] in ("boundary", "chord")]
    assert over_osc == marks
    published = [(e["instrument"], e["pitch"], e["seconds"]) for e in of_kind(events, "note")]
    written = [(n.instrument.value, n.pitch, n.onset) for n in piece.notes]
    assert rounded(published, now) == rounded(written, now)


def rounded(notes, until):
    return sorted((part, pitch, round(time / 0.008)) for part, pitch, time in notes if time < until)


@needs_proc
def test_playback_waits_when_the_music_runs_out(server, long_film):
    """The worker process is suspended for a while, as a busy machine might do."""
    worker = []

    def interrupt():
        submit(server, long_film)
        server.until(lambda: server.client.ask("GET", "/state")["state"] == "playing")
        worker.extend(server.children())
        os.kill(worker[0], signal.SIGSTOP)
        reserve = server.client.ask("GET", "/state")["reserve"]
        server.client.ask("POST", "/locate", {"seconds": 0.0})
        print(f"stopped with a reserve of {reserve:.1f} s")

    begun = []

    def ran_dry(event):
        begun.append(bool(worker) and is_state("playing")(event))
        return any(begun) and is_state("waiting")(event)

    events = server.events(ran_dry, interrupt)
    assert events[-1]["reserve"] == 0.0
    goes_on = server.events(is_state("playing"), lambda: os.kill(worker[0], signal.SIGCONT))
    assert goes_on[-1]["seconds"] == events[-1]["seconds"]
    assert goes_on[-1]["reserve"] >= RESERVE
