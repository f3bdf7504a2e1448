"""JACK servers of killed tests: they end, and leave their place to others."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from .jack_server import free_name, running_jack
from .processes import MORTAL

RUNNING = """
import time
from tests.bridge.jack_server import free_name, running_jack
with free_name() as name, running_jack(name, 1024) as jackd:
    print(jackd.pid, flush=True)
    time.sleep(60)
"""
ROOT = Path(__file__).parents[2]


@pytest.fixture
def killed():
    """The process id of a JACK server whose tests were killed."""
    with subprocess.Popen(
        [sys.executable, "-c", RUNNING], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as tests:
        process = tests.stdout.readline().strip()
        tests.kill()
    if not process:
        pytest.skip("jackd does not start here")
    return process


@pytest.mark.skipif(not MORTAL, reason="needs setpriv (util-linux)")
def test_a_server_ends_when_its_tests_are_killed(killed, soon):
    assert soon(lambda: not Path(f"/proc/{killed}").exists())


def test_a_killed_server_leaves_its_place_to_the_next():
    with free_name() as name:
        with running_jack(name, 1024) as process:
            process.send_signal(signal.SIGKILL)
            process.wait(20)
        with running_jack(name, 1024) as process:
            assert process.poll() is None


def test_two_servers_have_two_names():
    with free_name() as one, free_name() as other:
        assert one.text != other.text
