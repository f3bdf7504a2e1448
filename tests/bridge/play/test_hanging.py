"""No note hangs at a real receiver, whatever ends playback.

``-m soak`` runs the full counts. Each test also makes sure that notes were active before.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bridge.midi.backends import OutputConfig, open_output
from bridge.play.piece import Piece
from bridge.play.player import Player
from engine.score import Instrument, Note

PERFORMER = Path(__file__).parents[1] / "performer.py"
AT_ONCE = 5
"""The number of processes that play at a time, each with its own pitch."""
LONG = Piece(tuple(Note(i, 0.0, 60.0, 40 + r) for r, i in enumerate(Instrument)), (), (), 120.0)

soak = pytest.mark.soak


def counts(tenth):
    """A tenth of the full count, and the full count for a soak test."""
    return pytest.mark.parametrize("count", [tenth, pytest.param(10 * tenth, marks=soak)])


ACTIONS = {
    "stop": lambda player: player.stop(),
    "pause": lambda player: player.pause(),
    "locate": lambda player: player.locate(100.0),
    "load": lambda player: player.load(LONG),
    "loop": lambda player: player.loop(90.0, 100.0) or player.locate(95.0),
}


@pytest.mark.parametrize("action", ACTIONS)
@counts(20)
def test_no_note_hangs_after_an_action(receiver, action, count):
    player = Player(open_output(OutputConfig("jack"))[0])
    try:
        assert receiver.wait(player.output.connected)
        player.load(LONG)
        for _ in range(count):
            player.loop(None)
            player.play(0.0)
            assert receiver.wait(lambda: len(receiver.active_notes()) == len(Instrument))
            ACTIONS[action](player)
            assert receiver.wait(lambda: not receiver.active_notes())
            receiver.events.clear()
    finally:
        player.close()


@counts(5)
def test_no_note_hangs_after_closing(receiver, count):
    for _ in range(count):
        player = Player(open_output(OutputConfig("jack"))[0])
        assert receiver.wait(player.output.connected)
        player.load(LONG)
        player.play()
        assert receiver.wait(lambda: len(receiver.active_notes()) == len(Instrument))
        player.close()
        assert receiver.wait(lambda: not receiver.active_notes())


@pytest.fixture
def performers(receiver, tmp_path):
    """Start processes, end them by a signal, and wait for them."""
    errors = (tmp_path / "stderr").open("w")
    process = subprocess.Popen(
        [sys.executable, PERFORMER], text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    yield Performers(process, tmp_path)
    process.stdin.close()
    process.wait(20)
    errors.close()


class Performers:
    """``AT_ONCE`` processes at a time, each with its own pitch and state folder."""

    def __init__(self, process, folder):
        self._process, self._folder, self._running = process, folder, []

    def start(self, order):
        self._running = [
            int(self._ask(f"{order} {40 + number} {self._folder / str(number)}"))
            for number in range(AT_ONCE)
        ]

    def end(self, number):
        """End them by a signal; returns their exit statuses."""
        for process in self._running:
            os.kill(process, number)
        return {int(self._ask(f"reap {process}")) for process in self._running}

    def _ask(self, order):
        self._process.stdin.write(f"{order}\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()


def all_play(receiver):
    return receiver.wait(lambda: len(receiver.active_notes()) == AT_ONCE * len(Instrument))


def end_all(receiver, performers, number, count):
    """The exit statuses of ``count`` processes that got a signal while they played."""
    statuses = set()
    for _ in range(count // AT_ONCE):
        performers.start("play")
        assert all_play(receiver)
        statuses |= performers.end(number)
        assert receiver.wait(lambda: not receiver.active_notes())
        receiver.events.clear()
    return statuses


@counts(20)
def test_no_note_hangs_after_sigterm(receiver, performers, count):
    assert end_all(receiver, performers, signal.SIGTERM, count) == {128 + signal.SIGTERM}


@counts(5)
def test_no_note_hangs_after_sigint(receiver, performers, count):
    assert end_all(receiver, performers, signal.SIGINT, count) == {-signal.SIGINT}


@counts(20)
def test_no_note_hangs_after_an_exception(receiver, performers, count):
    assert end_all(receiver, performers, signal.SIGUSR1, count) == {1}


@counts(5)
def test_a_new_start_ends_the_notes_after_sigkill(receiver, performers, count):
    for _ in range(count // AT_ONCE):
        performers.start("play")
        assert all_play(receiver)
        performers.end(signal.SIGKILL)
        assert len(receiver.active_notes()) == AT_ONCE * len(Instrument)
        performers.start("recover")
        assert receiver.wait(lambda: not receiver.active_notes())
        performers.end(signal.SIGTERM)
        receiver.events.clear()
