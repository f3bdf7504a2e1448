"""Controls that act on a piece while it is composed and played."""

from __future__ import annotations

import json
import signal
import socket

import pytest
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from bridge.cli import main
from bridge.play.midi_reader import read_piece
from engine.errors import EmsyncError

SECONDS = 24.0
PLAN = {
    "duration": SECONDS,
    "beat": "quarter",
    "feel": "straight",
    "points": [{"beat": 0, "seconds": 0.0}, {"beat": 48, "seconds": SECONDS}],
    "bars": [2] * 24,
    "last_chord": 46,
    "phrases": [
        {
            "bar": 1, "form": "A", "key": "C major", "instruments": ["bass", "drums", "strings"],
            "density": 10.0, "dynamics": "mf", "chords": ["C", "Am", "F", "G"],
        },
    ],
}  # fmt: skip
"""120 beats a minute; a bar lasts a second."""


@pytest.fixture(scope="module")
def half_minute(draw_film, tmp_path_factory):
    """A film of 24 seconds."""
    return draw_film(tmp_path_factory.mktemp("films") / "half a minute.mp4", 24, 12)


def of_kind(events, kind):
    return [event for event in events if event["event"] == kind]


def rows(notes):
    return sorted((part, pitch, round(at / 0.008), velocity) for part, pitch, velocity, at in notes)


def heard(events):
    return [
        (e["instrument"], e["pitch"], e["velocity"], e["seconds"]) for e in of_kind(events, "note")
    ]


def written(folder):
    notes = read_piece(folder).notes
    return [(n.instrument.value, n.pitch, n.velocity, n.onset) for n in notes]


def played(server, film, *steps, plan=PLAN):
    """Play a film live up to the last of the steps; returns the events up to its end, and the job.

    steps: (seconds, act) each; ``act(job)`` is called once playback is there.
    """
    jobs = []

    def perform():
        jobs.append(server.submit(film, live=True, reserve=0.5, seed=3, plan=plan))
        for seconds, act in steps:
            server.until(lambda at=seconds: position(server) >= at)
            act(jobs[0])
        server.client.ask("POST", "/stop")

    def ended(event):
        return event["event"] == "job" and event["id"] in jobs and event["state"] == "done"

    return server.events(ended, perform), jobs[0]


def position(server):
    state = server.client.ask("GET", "/state")
    return state["seconds"] if state["state"] == "playing" else -1.0


def osc(server, path, *values):
    """Send a control by OSC."""
    builder = OscMessageBuilder(path)
    for value in values:
        builder.add_arg(value)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.sendto(builder.build().dgram, ("127.0.0.1", server.running.osc_port))


def over_osc(server, path):
    """The arguments of the next message at this address that the server sends."""
    while True:
        message = OscMessage(server.osc.recv(65536))
        if message.address == path:
            return message.params


def test_controls_are_heard_within_two_bars_and_what_is_heard_is_written(server, half_minute):
    answers = []

    def by_osc(job):
        server.clear_osc()
        osc(server, "/emsync/control/instruments", "piano")
        answers.append(over_osc(server, "/emsync/control"))

    def by_http(**values):
        def act(job):
            answers.append(server.client.ask("POST", f"/jobs/{job}/control", values))

        return act

    def by_command(*words):
        def act(job):
            assert main(["client", "--state", str(server.folder), "control", *words]) == 0

        return act

    events, job = played(
        server,
        half_minute,
        (0.5, by_osc),
        (3.2, by_http(valence=0.8, arousal=0.9, density=25)),
        (3.3, by_http(reset=True, valence=0.8, arousal=0.9)),
        (6.5, by_command("--reset")),
        (12.0, lambda job: None),
    )
    solo, wild, tutti, planned = of_kind(events, "control")
    for change in (solo, wild, tutti, planned):
        # Where playback waits for music, it may wait at the bar itself.
        assert 0 <= change["seconds"] - change["position"] <= 2.0, "bars last a second"
        assert change["seconds"] == change["bar"] - 1
    assert answers[0][:3] == [job, solo["bar"], solo["seconds"]]
    assert answers[0][-1] == solo["instruments"] == wild["instruments"] == "piano"
    assert answers[1]["instruments"] == ["piano"] and answers[1]["density"] == 25
    assert answers[2]["instruments"] is answers[2]["density"] is None
    assert (planned["valence"], planned["instruments"]) == (None, "")

    folder = server.folder / "pieces" / job
    notes = [note for note in heard(events) if note[3] < 11.0]
    saved = written(folder)
    assert rows(notes) == rows(note for note in saved if note[3] < 11.0), (
        "each once, as it is saved"
    )
    assert max(at for *_, at in saved) > 20, "it is composed to its end"

    def players(start, end):
        return {part for part, _, _, at in notes if start - 0.01 <= at < end - 0.01}

    assert players(0, solo["seconds"]) <= {"bass", "drums", "strings"}
    assert players(solo["seconds"], tutti["seconds"]) == {"piano"}
    assert players(planned["seconds"], 11.0) <= {"bass", "drums", "strings"}
    plan = json.loads((folder / "plan.json").read_text())
    bars = sorted({change["bar"] for change in (solo, wild, tutti, planned)})
    assert [phrase["bar"] for phrase in plan["phrases"]] == [1, *bars]
    assert plan["bars"] == PLAN["bars"]
    changes = json.loads((folder / "report.json").read_text())["changes"]
    assert [change["bar"] for change in changes] == bars
    sections = json.loads((folder / "cues.json").read_text())["sections"]
    assert 0.8 in [section["valence"] for section in sections]

    again = server.ended(server.submit(half_minute, seed=3, plan=PLAN, changes=changes))
    assert again["state"] == "done", again
    remade = server.folder / "pieces" / again["id"]
    assert written(remade) == saved
    assert (remade / "plan.json").read_bytes() == (folder / "plan.json").read_bytes()


@pytest.mark.parametrize(
    ("number", "control"), [(signal.SIGTERM, {"instruments": ["piano"]}), (signal.SIGKILL, None)]
)
def test_a_piece_is_composed_to_its_end_if_its_server_ends_while_it_plays(
    start, draw_film, tmp_path, number, control
):
    film = draw_film(tmp_path / "ten seconds.mp4", 10, 5)
    points = [{"beat": 0, "seconds": 0.0}, {"beat": 20, "seconds": 10.0}]
    plan = {**PLAN, "duration": 10.0, "points": points, "bars": [2] * 10, "last_chord": 18}
    server = start(tmp_path / "state")
    jobs = []

    def perform():
        jobs.append(server.submit(film, live=True, reserve=0.5, seed=3, plan=plan))
        if control is not None:
            server.until(lambda: position(server) >= 0.2)
            server.client.ask("POST", f"/jobs/{jobs[0]}/control", control)

    def is_later(event):
        return event["event"] == "note" and event["seconds"] > 4.0

    notes = heard(server.events(is_later, perform))
    server.end(number)

    again = start(server.folder)
    job = again.ended(jobs[0])
    assert (job["state"], job["error"]) == ("done", None)
    assert "live" not in job["request"] and again.client.ask("GET", "/state")["state"] == "stopped"
    changed = [change["instruments"] for change in job["changes"]]
    assert changed == ([] if control is None else [["piano"]])
    saved = written(again.folder / "pieces" / job["id"])
    assert len(notes) > 10
    assert rows(n for n in notes if n[3] < 3.9) == rows(n for n in saved if n[3] < 3.9)
    assert max(at for *_, at in saved) > 8, "it is composed to its end"
    again.end()


def test_other_jobs_are_done_while_a_live_piece_plays(server, film, half_minute):
    def state(job):
        return server.client.ask("GET", f"/jobs/{job}")["state"]

    live = server.submit(half_minute, live=True, reserve=0.5, seed=3, plan=PLAN)
    server.until(lambda: position(server) >= 0.2)
    next_live = server.submit(half_minute, live=True, plan=PLAN)
    other = server.submit(film)
    assert server.ended(other)["state"] == "done"
    playback = server.client.ask("GET", "/state")
    assert (playback["state"], playback["job"]) == ("playing", live), "it plays on"
    assert state(live) == "composing" and state(next_live) == "queued"
    # It can still be changed, and is done once it has been played.
    server.client.ask("POST", f"/jobs/{live}/control", {"density": 25})
    server.client.ask("POST", "/stop")
    assert server.ended(live)["state"] == "done"
    server.until(lambda: state(next_live) == "composing")
    server.client.ask("DELETE", f"/jobs/{next_live}")
    assert server.ended(server.submit(film))["state"] == "done"


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"density": 500}, "density is 500; it must be a number from 0.5 to 40"),
        ({"instruments": ["kazoo"]}, "instruments must be a list of one or more of bass"),
        ({"tempo": 90}, "'tempo' is no control; choose from valence, arousal"),
        ({"reset": 1}, "reset must be true or false"),
    ],
)
def test_wrong_controls_are_refused(server, piece, values, wrong):
    with pytest.raises(EmsyncError, match=wrong):
        server.client.ask("POST", f"/jobs/{piece}/control", values)


def test_a_piece_that_is_not_composed_live_takes_no_control(server, piece):
    status, body = server.client._exchange("POST", f"/jobs/{piece}/control", b'{"density": 9}')
    assert status == 409
    assert "is not being composed live; change a finished piece with rescore" in body.decode()
    server.clear_osc()
    osc(server, "/emsync/control/density", 9.0)
    assert "no piece is being composed live" in over_osc(server, "/emsync/error")[0]


def test_a_live_piece_in_free_time_takes_no_control(server, long_film):
    job = server.submit(long_film, live=True, free=True)
    server.until(lambda: server.client.ask("GET", f"/jobs/{job}")["state"] == "composing")
    with pytest.raises(EmsyncError, match="its plan has no phrases that could change"):
        server.client.ask("POST", f"/jobs/{job}/control", {"density": 9})
    server.client.ask("DELETE", f"/jobs/{job}")


def test_a_daw_receives_every_note_of_a_changed_piece_once(
    jack_server, receiver, start, half_minute
):
    server = start(None, "--backend", "jack")
    try:
        _, job = played(
            server,
            half_minute,
            (0.3, lambda job: osc(server, "/emsync/control/density", 25.0)),
            (1.5, lambda job: osc(server, "/emsync/control/instruments", "guitar", "strings")),
            (3.0, lambda job: server.client.ask("POST", "/locate", {"seconds": 8.0})),
            (9.5, lambda job: None),
        )
        receiver.wait(lambda: not receiver.active_notes())
        assert receiver.active_notes() == set()
        active = set()
        for _, _, message in receiver.notes():
            key = message[0] & 0x0F, message[1]
            if message[0] & 0xF0 == 0x90:
                assert key not in active, "a note begins twice"
                active.add(key)
            else:
                active.discard(key)
        begun = [(m[0] & 0x0F, m[1], m[2]) for _, _, m in receiver.notes() if m[0] & 0xF0 == 0x90]
        notes = read_piece(server.folder / "pieces" / job).notes
        known = {(note.instrument.channel, note.pitch, note.velocity) for note in notes}
        assert len(begun) > 20 and set(begun) <= known
        late = {n.instrument.value for n in notes if n.onset >= 8.0}
        assert late == {"guitar", "strings"}
    finally:
        server.end()
