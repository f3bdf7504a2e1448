"""A real DAW records a composed piece, and its recording equals the piece."""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
from collections import defaultdict
from contextlib import contextmanager
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

import mido
import numpy as np
import pytest

from bridge.midi.backends import OutputConfig, open_output
from bridge.midi.messages import events
from bridge.play.midi_reader import read_piece
from bridge.play.player import Player
from engine.score import Instrument

from .processes import popen

TAKE = Path(__file__).with_name("ardour_take.lua")
PERIOD = 1024
BEAT = 60 / 480
"""Seconds a beat; the tempo is set in the script and is not in the recorded files."""
PATIENCE = 40
"""Seconds that a take may last, with its set-up."""
ATTEMPTS = 3
"""About four of twenty takes hang or die in set-up."""


PITCH = itemgetter(1)


class NoTake(Exception):
    """Ardour made no take; that says nothing about the MIDI it received."""


class Event(NamedTuple):
    """A note-on (``velocity`` above 0) or note-off, ``seconds`` into the take."""

    seconds: float
    pitch: int
    velocity: int


@pytest.fixture
def record(jackd, tmp_path):
    """Play a folder to Ardour and return the recorded events of each part; skips without Ardour."""
    program = next(filter(shutil.which, ("ardour7-lua", "ardour8-lua")), None)
    if program is None:
        pytest.skip("needs Ardour (apt-get install --no-install-recommends ardour)")

    def attempt(composed, session):
        with jackd(PERIOD, 1000):
            player = Player(open_output(OutputConfig("jack"))[0])
            player.load(read_piece(composed))
            try:
                with daw([program, TAKE, session]):
                    player.play()
                    while player.status().state != "stopped":
                        time.sleep(0.1)
            finally:
                player.close()
        return {instrument: recorded(session, instrument) for instrument in Instrument}

    def record(composed):
        for number in range(ATTEMPTS):
            try:
                return attempt(composed, tmp_path / f"session-{number}")
            except NoTake as why:
                print(why)
        pytest.skip(f"Ardour made no take in {ATTEMPTS} attempts")

    return record


@contextmanager
def daw(words):
    """Ardour records within this context."""
    with popen(
        words, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as process:  # fmt: skip
        watchdog = threading.Timer(PATIENCE, process.kill)
        watchdog.start()
        try:
            wait_for(process, "recording")
            yield
            process.stdin.write("end\n")
            process.stdin.flush()
            wait_for(process, "saved")
        finally:
            watchdog.cancel()
            process.kill()


def wait_for(process, word):
    """Read the process's output until the line ``word``."""
    output = []
    for line in process.stdout:
        if line.strip() == word:
            return
        output.append(line)
    raise NoTake(f"Ardour ended before it printed {word}: {''.join(output[-5:])}")


def recorded(folder, instrument):
    """The events of a part's track in order; Ardour also writes empty files."""
    files = folder.glob(f"interchange/*/midifiles/*{instrument.value}-*.mid")
    takes = [take for file in files if (take := list(notes(mido.MidiFile(file))))]
    if len(takes) > 1:
        raise NoTake(f"Ardour broke the take of the {instrument.value} into {len(takes)}")
    return takes[0] if takes else []


def notes(file):
    seconds = 0.0
    for message in mido.merge_tracks(file.tracks):
        seconds += message.time / file.ticks_per_beat * BEAT
        if message.type in ("note_on", "note_off"):
            velocity = message.velocity if message.type == "note_on" else 0
            yield Event(seconds, message.note, velocity)


@pytest.fixture
def composed(demo, tmp_path):
    """Stems of eight seconds, composed by the network that comes with emsync."""
    pytest.importorskip("onnxruntime")
    from bridge.cli import main

    folder = tmp_path / "out"
    words = ["score", demo, "-o", folder, "--end", "8", "--takes", "1"]
    assert main([str(word) for word in words]) == 0
    (folder / "score.mid").unlink()
    return folder


def sent(folder):
    """The events of each composed stem, in order."""
    found = defaultdict(list)
    for event in events(read_piece(folder).notes):
        velocity = 0 if event.note is None else event.note.velocity
        found[event.instrument].append(Event(event.seconds, event.message[1], velocity))
    return found


def test_the_take_is_the_composed_stems(record, composed):
    take, stems = record(composed), sent(composed)
    errors = []
    for instrument in Instrument:
        # At one instant Ardour has its own order, except for events of one pitch.
        found, expected = (sorted(part[instrument], key=PITCH) for part in (take, stems))
        assert [event[1:] for event in found] == [event[1:] for event in expected], instrument
        errors += [t.seconds - w.seconds for t, w in zip(found, expected, strict=True)]
    assert len(errors) > 100
    off = 1000 * np.abs(np.array(errors) - np.median(errors))
    print(
        f"\n{len(errors)} events on five tracks in Ardour, none lost; timing error, ms: median "
        f"{np.median(off):.3f}, p99 {np.quantile(off, 0.99):.3f}, worst {off.max():.3f}"
    )
