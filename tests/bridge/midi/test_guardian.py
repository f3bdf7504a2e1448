"""After ``kill -9`` the notes end at once, without another start."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time

import pytest

from bridge.midi.backends import OutputConfig, open_output
from bridge.midi.guardian import Guardian
from bridge.midi.jack_client import load
from engine.score import Instrument

from ..processes import popen

PLAYING = """
import sys, time
from bridge.midi.backends import OutputConfig, open_output
from bridge.midi.messages import note_on
from engine.score import Instrument
output, _ = open_output(OutputConfig(sys.argv[1], port=int(sys.argv[2]), guarded=True))
while sys.argv[1] == "jack" and not output.connected():
    time.sleep(0.01)
for instrument in Instrument:
    output.send(time.monotonic() + output.lead, instrument, note_on(instrument, 60, 80))
print("playing", flush=True)
time.sleep(60)
"""


@pytest.fixture
def playing(monkeypatch, tmp_path):
    """A process that plays a note on every instrument, and nothing else."""
    monkeypatch.setenv("EMSYNC_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    started = []

    def play(backend, port=1):
        words = [sys.executable, "-c", PLAYING, backend, str(port)]
        started.append(popen(words, stdout=subprocess.PIPE, text=True))
        assert started[-1].stdout.readline() == "playing\n"
        return started[-1]

    yield play
    for process in started:
        process.kill()
        process.wait(20)
        process.stdout.close()


@pytest.mark.parametrize("count", [1, pytest.param(10, marks=pytest.mark.soak)])
def test_the_guardian_ends_the_notes_of_a_killed_process_in_jack(
    jack_server, receiver, playing, sequencer, tmp_path, count
):
    waits = []
    for _ in range(count):
        process = playing("jack")
        assert receiver.wait(lambda: len(receiver.active_notes()) == len(Instrument))
        assert receiver.wait(lambda: watched(sequencer))
        # It looks at the connections as soon as it has joined.
        time.sleep(0.3)
        process.kill()
        begun = time.monotonic()
        assert receiver.wait(lambda: not receiver.active_notes())
        waits.append(time.monotonic() - begun)
        # For .3 s it ends the notes again, which would end those of the next process too.
        assert receiver.wait(lambda: not guardians(str(tmp_path)))
    print(f"silent after {sorted(waits)[count // 2]:.2f} s, at worst {max(waits):.2f}")


def watched(sequencer):
    """Whether a guardian is a client of the JACK server; it has no ports, only a name."""
    try:
        return bool(sequencer.client.get_uuid_for_client_name("emsync-guardian"))
    except load().JackError:
        return False


def test_the_guardian_ends_the_notes_of_a_killed_process_in_reaper(playing):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as reaper:
        reaper.bind(("127.0.0.1", 0))
        reaper.settimeout(20)
        process = playing("vkb", reaper.getsockname()[1])
        sounding = set()
        while len(sounding) < len(Instrument):
            sounding.add(reaper.recv(100).partition(b"\0")[0])
        process.kill()
        while sounding:
            datagram = reaper.recv(100)
            if datagram.endswith(bytes(4)):
                sounding.discard(datagram.partition(b"\0")[0])


def test_an_output_that_is_closed_dismisses_its_guardian(tmp_path, soon):
    output, _ = open_output(OutputConfig("vkb", guarded=True), tmp_path)
    assert soon(lambda: guardians(str(tmp_path)))
    output.close()
    assert soon(lambda: not guardians(str(tmp_path)))


def test_ctrl_c_is_not_for_the_guardian(tmp_path, soon):
    guardian = Guardian({"backend": "none"}, tmp_path)
    assert os.getsid(guardian.pid) == guardian.pid
    guardian.dismiss()
    assert soon(lambda: not guardians(str(tmp_path)))


def guardians(folder):
    """The guardians that run for this folder, as lines of ps."""
    table = subprocess.run(["ps", "-ww", "-eo", "stat,args"], capture_output=True, text=True)
    rows = table.stdout.splitlines()
    return [r for r in rows if "bridge.midi.guardian_process" in r and folder in r and r[0] != "Z"]
