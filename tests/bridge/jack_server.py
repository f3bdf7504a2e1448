"""JACK servers for tests, without a sound card.

JACK lists its servers in a registry of eight places. A killed server keeps its place until one of
the same name starts. So tests share a few names.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from .processes import popen

NAMES = 7
"""Of JACK's eight places one remains for the user's own server."""
PATIENCE = 20.0


class Name(NamedTuple):
    """A name of a server, and the open file that keeps it from other tests."""

    text: str
    file: int


@contextmanager
def running_jack(name: Name, period: int, patience: int = 200) -> Iterator[subprocess.Popen[bytes]]:
    """A JACK server with the dummy driver, in synchronous mode; skips without jackd.

    period: frames. patience: milliseconds after which it drops a client that does not answer.
    It ends with this process, and keeps its name until then.
    """
    if shutil.which("jackd") is None:
        pytest.skip("needs jackd (apt-get install jackd2)")
    with tempfile.TemporaryFile("w+") as log:
        process = popen(
            ["jackd", "-n", name.text, "-R", "-P", "60", "-S", "-t", patience,
             "-d", "dummy", "-r", "48000", "-p", period],
            stdout=log, stderr=log, pass_fds=[name.file],
            env={**os.environ, "JACK_NO_START_SERVER": "1"},
        )  # fmt: skip
        if not ready(name.text, process):
            log.seek(0)
            pytest.skip(f"jackd does not start here: {' / '.join(log.read().splitlines()[-2:])}")
        try:
            yield process
        finally:
            # Not SIGKILL: its shared memory would stay.
            process.send_signal(signal.SIGCONT)
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)


@contextmanager
def free_name() -> Iterator[Name]:
    """A name that no running server has; skips if there is none.

    A server inherits the open file. So a name is free once the tests and the server have ended.
    """
    fcntl = pytest.importorskip("fcntl", reason="needs file locks, which Windows lacks")
    for number in range(NAMES):
        text = f"emsync-test-{number}"
        path = Path(tempfile.gettempdir()) / f"{text}-{os.getuid()}.lock"
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            continue
        try:
            yield Name(text, file)
        finally:
            os.close(file)
        return
    pytest.skip(f"{NAMES} JACK servers of tests run already")


def ready(name: str, process: subprocess.Popen[bytes]) -> bool:
    """Whether the server takes clients; waits for it, and returns as soon as it has ended."""
    with subprocess.Popen(
        ["jack_wait", "-s", name, "-w", "-t", str(int(PATIENCE))],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as waiting:  # fmt: skip
        while waiting.poll() is None and process.poll() is None:
            time.sleep(0.01)
        waiting.kill()
    return process.poll() is None
