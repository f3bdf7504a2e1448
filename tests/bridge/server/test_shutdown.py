"""How servers end, and start again."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from bridge.cli import main
from bridge.server.journal import Journal

needs_proc = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")


def gone(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"
    except FileNotFoundError:
        return True


def composing(server, film):
    """Submit a job and wait until it is composing: its id, and its process."""
    job = server.submit(film)
    server.until(lambda: server.client.ask("GET", f"/jobs/{job}")["state"] == "composing")
    (worker,) = server.children()
    return job, worker


@needs_proc
def test_jobs_outlive_a_killed_server_and_an_ended_one(start, film, long_film, tmp_path):
    server = start(tmp_path / "state")
    finished = server.submit(film)
    assert server.ended(finished)["state"] == "done"
    half, worker = composing(server, long_film)
    waiting = server.submit(film)
    assert server.end(signal.SIGKILL) == -signal.SIGKILL
    server.until(lambda: gone(worker))

    again = start(server.folder)
    states = {job["id"]: job["state"] for job in again.client.ask("GET", "/jobs")["jobs"]}
    assert states == {finished: "done", half: "interrupted", waiting: "interrupted"}
    assert again.client.ask("GET", f"/jobs/{half}")["files"] == [
        "cues.json",
        "scores.npz",
        "plan.json",
    ]
    assert again.client.ask("POST", "/play", {"job": finished})["state"] == "playing"
    half, worker = composing(again, long_film)
    assert again.end(signal.SIGTERM) == 0
    assert gone(worker) and not (again.folder / "server.json").exists()
    journal = Journal(again.folder / "journal.sqlite")
    assert {job.id: job.state for job in journal.jobs()}[half] == "interrupted"
    journal.close()


@needs_proc
def test_a_worker_process_that_dies_is_replaced(server, film, long_film):
    job, worker = composing(server, long_film)
    os.kill(worker, signal.SIGKILL)
    died = server.ended(job)
    assert died["state"] == "failed" and "the worker process died" in died["error"]
    assert server.ended(server.submit(film))["state"] == "done"


@pytest.fixture
def refused(capsys, tmp_path):
    """Run ``emsync serve`` with these words; it refuses to start, and this returns the error."""

    def run(*words, state=tmp_path / "state"):
        usual = ("serve", "--state", state, "--port", 0, "--no-osc", "--backend", "none")
        assert main([str(word) for word in (*usual, *words)]) == 2
        error = capsys.readouterr().err
        assert error.startswith("emsync: ") and error.count("\n") == 1
        return error

    return run


def test_a_second_server_names_the_one_that_holds_the_port_and_the_folder(server, refused):
    pid, port = server.running.pid, server.running.port
    error = refused("--port", port)
    assert f"port {port} on 127.0.0.1: held by another" in error and f"(pid {pid})" in error
    assert f"(pid {pid}, port {port})" in refused(state=server.folder)
    assert server.client.ask("GET", "/health")["pid"] == pid


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--host", "0.0.0.0"), "--videos FOLDER"),
        (("--port", "99999"), "port 99999"),
        (("--host", "256.0.0.1", "--videos", "/"), "256.0.0.1"),
        (("--videos", "nowhere"), "no such folder"),
        (("--osc-to", "9000"), "--no-osc"),
    ],
)
def test_options_that_can_not_be_served_are_refused(refused, words, complaint):
    assert complaint in refused(*words)
