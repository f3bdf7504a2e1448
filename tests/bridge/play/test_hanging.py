"""No note hangs at a real receiver, whatever ends the playing.

``-m soak`` runs the whole counts; each test also makes sure that notes sounded before.
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
"""So many processes play at a time, each its own pitch."""
LONG = Piece(tuple(Note(i, 0.0, 60.0, 40 + r) for r, i in enumerate(Instrument)), (), (), 120.0)

soak = pytest.mark.soak


def counts(tenth):
    """A tenth of the counts, and the whole of them for a soak."""
    return pytest.mark.parametrize("count", [tenth, pytest.param(10 * tenth, marks=soak)])


ENDINGS = {
    "stop": lambda player: player.stop(),
    "pause": lambda player: player.pause(),
    "locate": lambda player: player.locate(100.0),
    "load": lambda player: player.load(LONG),
    "loop": lambda player: player.loop(90.0, 100.0) or player.locate(95.0),
}


@pytest.mark.parametrize("how", ENDINGS)
@counts(20)
def test_while_the_player_lives(receiver, how, count):
    player = Player(open_output(OutputConfig("jack"))[0])
    try:
        assert receiver.wait(player.output.connected)
        player.load(LONG)
        for _ in range(count):
            player.loop(None)
            player.play(0.0)
            assert receiver.wait(lambda: len(receiver.sounding()) == len(Instrument))
            ENDINGS[how](player)
            assert receiver.wait(lambda: not receiver.sounding())
            receiver.events.clear()
    finally:
        player.close()


@counts(5)
def test_closing(receiver, count):
    for _ in range(count):
        player = Player(open_output(OutputConfig("jack"))[0])
        assert receiver.wait(player.output.connected)
        player.load(LONG)
        player.play()
        assert receiver.wait(lambda: len(receiver.sounding()) == len(Instrument))
        player.close()
        assert receiver.wait(lambda: not receiver.sounding())


@pytest.fixture
def performers(receiver, tmp_path):
    """Start processes, end them by a signal, wait for them."""
    said = (tmp_path / "stderr").open("w")
    company = subprocess.Popen(
        [sys.executable, PERFORMER], text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    yield Performers(company, tmp_path)
    company.stdin.close()
    company.wait(20)
    said.close()


class Performers:
    """``AT_ONCE`` processes at a time, each with a pitch and a state folder of its own."""

    def __init__(self, company, folder):
        self._company, self._folder, self._running = company, folder, []

    def start(self, order):
        self._running = [
            int(self._ask(f"{order} {40 + number} {self._folder / str(number)}"))
            for number in range(AT_ONCE)
        ]

    def end(self, number):
        """How they ended."""
        for process in self._running:
            os.kill(process, number)
        return {int(self._ask(f"reap {process}")) for process in self._running}

    def _ask(self, order):
        self._company.stdin.write(f"{order}\n")
        self._company.stdin.flush()
        return self._company.stdout.readline()


def all_play(receiver):
    return receiver.wait(lambda: len(receiver.sounding()) == AT_ONCE * len(Instrument))


def ended(receiver, performers, number, count):
    """How ``count`` processes ended that were sent a signal while they played."""
    statuses = set()
    for _ in range(count // AT_ONCE):
        performers.start("play")
        assert all_play(receiver)
        statuses |= performers.end(number)
        assert receiver.wait(lambda: not receiver.sounding())
        receiver.events.clear()
    return statuses


@counts(20)
def test_sigterm(receiver, performers, count):
    assert ended(receiver, performers, signal.SIGTERM, count) == {128 + signal.SIGTERM}


@counts(5)
def test_sigint(receiver, performers, count):
    assert ended(receiver, performers, signal.SIGINT, count) == {-signal.SIGINT}


@counts(20)
def test_an_exception_that_nobody_catches(receiver, performers, count):
    assert ended(receiver, performers, signal.SIGUSR1, count) == {1}


@counts(5)
def test_kill_9_then_a_new_start(receiver, performers, count):
    for _ in range(count // AT_ONCE):
        performers.start("play")
        assert all_play(receiver)
        performers.end(signal.SIGKILL)
        assert len(receiver.sounding()) == AT_ONCE * len(Instrument)
        performers.start("recover")
        assert receiver.wait(lambda: not receiver.sounding())
        performers.end(signal.SIGTERM)
        receiver.events.clear()
