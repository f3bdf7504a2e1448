"""A real server in its own process, with a tiny network, a short film and clients."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette")

from bridge.server.client import Client
from bridge.state import read_running

from ..processes import popen

PLAN = {
    "duration": 3.0,
    "beat": "quarter",
    "feel": "swing",
    "points": [
        {"beat": 0, "seconds": 0.0},
        {"beat": 2, "seconds": 1.6},
        {"beat": 4, "seconds": 3.0},
    ],
    "bars": [2, 2],
    "last_chord": 2,
    "phrases": [
        {
            "bar": 1, "form": "A", "key": "D minor", "instruments": ["bass", "piano", "strings"],
            "density": 9.0, "dynamics": "f", "chords": ["Dm A7", "Dm"],
        },
    ],
}  # fmt: skip
"""A plan for a film of 3 s, whose tempo bends from 75 to 85.7 bpm."""
EMSYNC = [sys.executable, "-c", "import sys; from bridge.cli import main; sys.exit(main())"]


class Server:
    """``emsync serve`` on free ports, without MIDI output. It sends OSC to ``osc``."""

    def __init__(self, folder: Path, network: Path, *words: object) -> None:
        self.folder = folder
        self.osc = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.osc.bind(("127.0.0.1", 0))
        self.osc.settimeout(20.0)
        target = f"127.0.0.1:{self.osc.getsockname()[1]}"
        command = [
            *EMSYNC, "serve", "--state", folder, "--port", 0, "--osc-port", 0, "--osc-to", target,
            "--backend", "none", "--device", "cpu", "--threads", 1, "--model", network, *words,
        ]  # fmt: skip
        self.log = (folder.parent / f"{folder.name}.log").open("w+")
        self.process = popen(
            command,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
            env={**os.environ, "EMSYNC_STATE": str(folder)},
        )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("plays to"):
                break
        running = read_running(folder)
        assert running is not None, self.errors()
        self.running, self.client = running, Client(folder)
        self.headers = {"authorization": f"Bearer {running.token}"}

    def errors(self) -> str:
        """What it has written to its error stream."""
        self.log.seek(0)
        return self.log.read()

    def submit(self, film: Path, **options: Any) -> str:
        """Submit a job and return its id. It has one take and no sound unless options say so."""
        values = {"video": str(film), "takes": 1, "audio": "none", **options}
        return self.client.ask("POST", "/jobs", values)["id"]

    def ended(self, job: str) -> dict[str, Any]:
        """Wait until the job has ended, and return it."""
        return list(self.client.follow(job))[-1]

    def until(self, condition: Callable[[], Any]) -> Any:
        """Wait until the condition is true, and return its value."""
        for _ in range(600):
            if found := condition():
                return found
            time.sleep(0.05)
        raise AssertionError(self.errors())

    def clear_osc(self) -> None:
        """Discard the OSC messages so far."""
        self.osc.setblocking(False)
        with suppress(BlockingIOError):
            while True:
                self.osc.recv(65536)
        self.osc.settimeout(20.0)

    def children(self) -> list[int]:
        """The process id of the worker process, if there is one."""
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [int(pid) for task in tasks for pid in task.read_text().split()]

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send the signal, and return the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        status = self.process.wait(30)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.osc.close()
        self.log.close()
        return status

    def events(self, until: Callable[[dict[str, Any]], bool], then: Callable[[], Any]) -> list[Any]:
        """The events that a WebSocket receives from the call of ``then`` to the event ``until``."""
        from websockets.asyncio.client import connect

        async def listen() -> list[Any]:
            url = f"ws://127.0.0.1:{self.running.port}/events"
            async with connect(url, additional_headers=self.headers) as socket:
                received = [json.loads(await socket.recv())]
                doing = asyncio.create_task(asyncio.to_thread(then))
                while not until(received[-1]):
                    received.append(json.loads(await asyncio.wait_for(socket.recv(), 30)))
                await doing
                return received

        return asyncio.run(listen())


@pytest.fixture(scope="session")
def film(draw_film: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film of 3 s with a cut at 2 s."""
    return draw_film(tmp_path_factory.mktemp("films") / "a film.mp4", 3, 2)


@pytest.fixture(scope="session")
def long_film(draw_film: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film that takes a while to score."""
    return draw_film(tmp_path_factory.mktemp("films") / "long.mp4", 120, 60)


@pytest.fixture(scope="session")
def start(
    tmp_path_factory: pytest.TempPathFactory, network_file: Path
) -> Iterator[Callable[..., Server]]:
    """Start a server: ``start()``, or ``start(folder, "--name", "box")``."""
    with ExitStack() as stack:

        def start(folder: Path | None = None, *words: object) -> Server:
            server = Server(folder or tmp_path_factory.mktemp("state"), network_file, *words)
            stack.callback(server.end)
            return server

        yield start


@pytest.fixture(scope="session")
def server(start: Callable[..., Server]) -> Server:
    """The server that most tests share."""
    return start()


@pytest.fixture(scope="session")
def piece(server: Server, film: Path) -> str:
    """A finished job of the shared server, of two takes."""
    job = server.ended(server.submit(film, takes=2, audio="wav"))
    assert job["state"] == "done", job
    return str(job["id"])


@pytest.fixture(scope="session")
def longer(
    server: Server, draw_film: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory
) -> str:
    """A finished job for a film of 18 s at 120 bpm, with hits at 6 s and 12 s."""
    film = draw_film(tmp_path_factory.mktemp("films") / "longer.mp4", 18, 9)
    job = server.ended(server.submit(film, bpm=120, boundaries=[6.0, 12.0]))
    assert job["state"] == "done", job
    return str(job["id"])
