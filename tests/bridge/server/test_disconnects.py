"""No note hangs at a real receiver when a client or the receiver disconnects."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engine.errors import EmsyncError
from engine.score import Instrument, Note, Score
from export.midi import write_midi

from ..conftest import Receiver, Sequencer, quarter_frames

HOLDER = Path(__file__).parents[1] / "holder.py"
LONG = Score(tuple(Note(i, 0.0, 60.0, 40 + row) for row, i in enumerate(Instrument)), (), (), 60.0)

counts = pytest.mark.parametrize("count", [20, pytest.param(200, marks=pytest.mark.soak)])


@pytest.fixture(scope="module")
def long_piece(jack_server_name, start, film):
    """A server that plays to JACK, and the job of a piece whose notes last a minute."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JACK_DEFAULT_SERVER", jack_server_name)
        server = start(None, "--backend", "jack")
    job = server.submit(film)
    assert server.ended(job)["state"] == "done"
    write_midi(LONG, server.folder / "pieces" / job / "score.mid")
    yield server, job
    server.end()


@pytest.fixture
def playback(jack_server, long_piece, receiver):
    """The server, which is stopped and plays to the receiver, and the job."""
    server, job = long_piece
    server.client.ask("POST", "/stop")
    return server, job


@pytest.fixture
def clients():
    """Send orders to ``holder.py``; returns its answer."""
    with subprocess.Popen(
        [sys.executable, HOLDER], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as holder:  # fmt: skip

        def order(*words):
            holder.stdin.write(" ".join(map(str, words)) + "\n")
            holder.stdin.flush()
            return int(holder.stdout.readline())

        yield order
        holder.stdin.close()


def all_notes_are_active(receiver):
    return receiver.wait(lambda: len(receiver.active_notes()) == len(Instrument))


def all_notes_end(receiver):
    return receiver.wait(lambda: not receiver.active_notes())


@counts
def test_all_notes_end_when_the_client_that_holds_them_is_killed(
    playback, receiver, clients, count
):
    server, job = playback
    for _ in range(count):
        client = clients("hold", server.running.port, server.running.token, job)
        assert all_notes_are_active(receiver)
        os.kill(client, signal.SIGKILL)
        assert all_notes_end(receiver)
        assert clients("reap", client) == -signal.SIGKILL
        receiver.events.clear()


def test_music_continues_while_one_of_two_clients_still_holds_it(playback, receiver, clients):
    server, job = playback
    holders = []
    for _ in range(2):
        receiver.events.clear()
        holders.append(clients("hold", server.running.port, server.running.token, job))
        assert all_notes_are_active(receiver)
    first, second = holders
    os.kill(first, signal.SIGKILL)
    clients("reap", first)
    assert server.client.ask("GET", "/state")["state"] == "playing"
    os.kill(second, signal.SIGKILL)
    assert all_notes_end(receiver)
    assert receiver.wait(lambda: server.client.ask("GET", "/state")["state"] == "paused")


@counts
def test_notes_that_ended_without_the_daw_end_when_it_reconnects(playback, receiver, count):
    """The DAW still has the notes that were active when it disconnected."""
    server, job = playback
    for _ in range(count):
        server.client.ask("POST", "/play", {"job": job, "seconds": 0})
        assert all_notes_are_active(receiver)
        receiver.order("disconnect")
        server.client.ask("POST", "/stop")
        assert len(receiver.active_notes()) == len(Instrument)
        receiver.order("connect")
        assert all_notes_end(receiver)
        receiver.events.clear()


@pytest.mark.parametrize("count", [2, pytest.param(20, marks=pytest.mark.soak)])
def test_no_note_hangs_at_a_daw_that_starts_after_another_died(playback, daws, count):
    """It receives the end of every note whose onset it received."""
    server, job = playback
    for _ in range(count):
        dying = daws()
        server.client.ask("POST", "/play", {"job": job, "seconds": 0})
        assert all_notes_are_active(dying)
        dying.kill()
        alive = daws()
        server.client.ask("POST", "/play", {"seconds": 0})
        assert all_notes_are_active(alive)
        server.client.ask("POST", "/stop")
        assert all_notes_end(alive)
        alive.kill()


@pytest.mark.parametrize(
    ("words", "follows"),
    [((), None), (("--follow", "mtc"), "MIDI Time Code")],
    ids=["alone", "mtc"],
)
def test_playback_continues_with_a_new_jack_server(jackd, start, film, words, follows):
    """The state says when JACK has ended. Then the new server is used, also for following."""
    with jackd(256, 200):
        server = start(None, "--backend", "jack", *words)
        job = server.submit(film)
        assert server.ended(job)["state"] == "done"
        server.client.ask("POST", "/play", {"job": job, "seconds": 0})
        server.client.ask("POST", "/loop", {"begin": 0})
    server.until(lambda: server.client.ask("GET", "/state")["trouble"])
    with pytest.raises(EmsyncError, match="JACK"):
        server.client.ask("POST", "/play", {"seconds": 0})
    with jackd(256, 200):
        state = server.client.ask("POST", "/play", {"seconds": 0})
        assert (state["follows"], state["fault"], state["trouble"]) == (follows, None, None)
        assert state["state"] == ("stopped" if follows else "playing")
        receiver = Receiver()
        if follows:
            daw = Sequencer()
            daw.connect()
            daw.pace(quarter_frames(0, 75), 0.01)
            daw.close()
        assert receiver.wait(receiver.notes)
        server.client.ask("POST", "/stop")
        assert all_notes_end(receiver)
        receiver.close()
        server.end()
