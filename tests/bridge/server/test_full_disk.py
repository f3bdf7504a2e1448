"""A disk that takes no more fails jobs; the server lives and plays on.

A limit on the size of files (RLIMIT_FSIZE), set from outside, makes every write fail that would
make a file longer. It can be lifted again.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from engine.errors import EmsyncError

from .test_shutdown import composing, needs_proc

resource = pytest.importorskip("resource")


def limit(server, size):
    """Limit the files of the server and of its worker process to ``size`` bytes."""
    for pid in (server.process.pid, *server.children()):
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, hard))


@needs_proc
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs prlimit")
def test_a_full_disk_fails_the_job_and_playing_goes_on(start, film, long_film):
    server = start()
    ready, other = (server.submit(film) for _ in range(2))
    assert [server.ended(job)["state"] for job in (ready, other)] == ["done", "done"]
    server.client.ask("POST", "/play", {"job": ready})
    server.client.ask("POST", "/loop", {"begin": 0})
    running, _ = composing(server, long_film)
    waiting = server.submit(film)

    def fill():
        limit(server, 0)
        server.client.ask("DELETE", f"/jobs/{running}")

    def failed(event):
        return event["event"] == "error" and waiting in event["text"]

    (*_, error) = server.events(failed, fill)
    assert "can't be written" in error["text"] and "\n" not in error["text"]
    with pytest.raises(EmsyncError, match="can't be written"):
        server.submit(film)
    assert server.client.ask("GET", f"/jobs/{running}")["state"] == "cancelled"
    assert server.client.ask("GET", f"/jobs/{waiting}")["state"] == "failed"
    assert server.client.ask("GET", "/state")["state"] == "playing"

    limit(server, resource.RLIM_INFINITY)
    assert server.ended(server.submit(film))["state"] == "done"
    server.client.ask("DELETE", f"/jobs/{other}?forget=true")
    assert "Traceback" not in server.errors()
    assert server.end() == 0
    jobs = start(server.folder).client.ask("GET", "/jobs")["jobs"]
    states = {job["id"]: job["state"] for job in jobs}
    assert states[running] == "cancelled" and states[waiting] == "failed" and other not in states


def test_a_disk_without_room_for_a_job_takes_none(start, film, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("needs leave to mount a disk of its own")
    try:
        server = start(disk / "state")
        with (disk / "fill").open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, 12 << 20)
        with pytest.raises(EmsyncError, match="the disk is full"):
            server.submit(film)
        (disk / "fill").unlink()
        assert server.client.ask("GET", "/jobs")["jobs"] == []
        server.submit(film)
        server.end()
    finally:
        subprocess.run(["umount", disk], check=True)
