from __future__ import annotations

import json
import os
import signal
import stat
import time

from bridge.scoring.request import Request
from bridge.server.jobs import Job, Kind, State
from bridge.server.status_file import MOST_ENDED, StatusFile, status_values


def job(number, state, changed=0.0):
    return Job(f"job{number}", Kind.COMPOSE, Request("film.mp4"), 0.0, changed, state)


def test_all_running_jobs_and_the_latest_ended_are_listed():
    ended = [job(n, State.DONE, changed=100.0 - n) for n in range(20)]
    values = status_values([*ended, job(50, State.COMPOSING)], {"state": "stopped"})
    assert values["busy"]
    assert [each["id"] for each in values["jobs"]] == [
        *(f"job{n}" for n in reversed(range(MOST_ENDED))), "job50",
    ]  # fmt: skip


def test_a_server_is_idle_without_jobs_and_music():
    assert not status_values([job(1, State.FAILED)], {"state": "paused"})["busy"]
    assert status_values([], {"state": "playing"})["busy"]


def test_the_file_changes_with_the_status_and_with_the_heartbeat_of_a_busy_server(tmp_path):
    values = {"busy": False}
    file, path = StatusFile(tmp_path, lambda: dict(values)), tmp_path / "status.json"

    def count(now):
        file.update(now)
        return json.loads(path.read_text())["count"]

    assert [count(now) for now in (0.0, 5.0)] == [1, 1]
    values["busy"] = True
    assert [count(now) for now in (5.1, 5.5, 6.2)] == [2, 2, 3]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["status.json"]
    file.remove()
    assert not path.exists()


def test_a_file_that_cant_be_replaced_is_written_later(tmp_path):
    file, path = StatusFile(tmp_path, lambda: {"busy": False}), tmp_path / "status.json"
    path.mkdir()
    file.update(0.0)
    path.rmdir()
    file.update(0.3)
    assert json.loads(path.read_text())["count"] == 1


def test_a_real_server_tells_of_jobs_and_playback(start, film):
    server = start()
    path = server.folder / "status.json"

    def status():
        return json.loads(path.read_text())

    assert server.until(path.exists) and status()["pid"] == server.process.pid
    name = server.submit(film)

    def state():
        return next((each["state"] for each in status()["jobs"] if each["id"] == name), None)

    assert server.until(lambda: state() in ("analyzing", "composing"))
    server.ended(name)
    assert server.until(lambda: state() == "done")
    server.client.ask("POST", "/play", {"job": name})
    assert server.until(lambda: status()["playback"]["seconds"] > 0.5)
    assert status()["busy"] and status()["playback"]["job"] == name
    server.end()
    assert not path.exists()


def test_an_idle_server_ends_and_a_used_one_does_not(start, tmp_path):
    server = start(tmp_path / "state", "--exit-when-idle", 0.025)
    for _ in range(8):
        server.client.ask("GET", "/state")
        time.sleep(0.3)
    assert server.process.poll() is None
    assert server.process.wait(20) == 0
    assert not (tmp_path / "state" / "server.json").exists()


def test_the_status_of_a_killed_server_no_longer_changes(start, tmp_path):
    server = start(tmp_path / "state")
    path = tmp_path / "state" / "status.json"
    assert server.until(path.exists)
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait(20)
    before = path.read_text()
    time.sleep(0.5)
    assert path.read_text() == before
