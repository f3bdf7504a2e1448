"""Playing while composing, by the network that comes with the product."""

from __future__ import annotations

import os
import signal

import pytest
from pythonosc.osc_message import OscMessage

from bridge.play.midi_reader import read_piece

from .test_endings import needs_proc

RESERVE = 2.0
BOUNDARIES = [0.0, 1.5, 3.0, 4.5, 6.0]


@pytest.fixture
def server(start):
    """A server with the real network."""
    pytest.importorskip("onnxruntime")
    from engine.model.runtime import SHIPPED

    server = start(None, "--model", SHIPPED)
    yield server
    server.end()


def submit(server, film):
    return server.submit(film, live=True, reserve=RESERVE, boundaries=BOUNDARIES)


def told(events, kind):
    return [event for event in events if event["event"] == kind]


def is_state(state):
    return lambda event: event["event"] == "state" and event["state"] == state


def test_notes_chords_and_boundaries_pass_while_it_is_composed(server, long_film):
    """All of them, each once and in order, by WebSocket and by OSC."""
    heard_by_osc = []

    def submit_and_hear():
        submit(server, long_film)
        while heard_by_osc[-1:] != [("boundary", BOUNDARIES[-1])]:
            message = OscMessage(server.heard.recv(65536))
            kind = message.address.rpartition("/")[2]
            if kind in ("boundary", "chord"):
                heard_by_osc.append((kind, pytest.approx(message.params[0])))

    events = server.events(
        lambda event: event["event"] == "boundary" and event["seconds"] == BOUNDARIES[-1],
        submit_and_hear,
    )
    job = told(events, "job")[-1]
    third = next(n for n, event in enumerate(events) if event.get("seconds") == BOUNDARIES[2])
    assert not any(event.get("state") == "done" for event in events[:third])
    states = [event["state"] for event in told(events, "state") if event["job"] == job["id"]]
    assert "waiting" in states and states[-1] == "playing"
    assert server.ended(job["id"])["state"] == "done"
    piece = read_piece(server.folder / "pieces" / job["id"])
    now = BOUNDARIES[-1] - 0.1
    assert [e["seconds"] for e in told(events, "boundary")] == BOUNDARIES
    chords = [e["seconds"] for e in told(events, "chord") if e["seconds"] < now]
    # The file keeps to ticks, what is heard to the network's own steps of 8 ms.
    assert chords == pytest.approx([c for c in piece.chords if c < now], abs=0.002)
    marks = [(e["event"], e["seconds"]) for e in events if e["event"] in ("boundary", "chord")]
    assert heard_by_osc == marks
    heard = [(e["instrument"], e["pitch"], e["seconds"]) for e in told(events, "note")]
    written = [(n.instrument.value, n.pitch, n.onset) for n in piece.notes]
    assert rounded(heard, now) == rounded(written, now)


def rounded(notes, until):
    return sorted((part, pitch, round(time / 0.008)) for part, pitch, time in notes if time < until)


@needs_proc
def test_music_that_runs_out_says_so_and_waits(server, long_film):
    """The composing process is stopped for a while, as a busy machine may do."""
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
