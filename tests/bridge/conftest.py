"""Real parts for tests: a JACK server without a sound card, and a receiver in place of a DAW."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import pytest

from bridge.play.piece import Piece
from engine.arrays import Image
from engine.score import Instrument, Note
from engine.video.writer import write_film

from .jack_server import PATIENCE, free_name, running_jack
from .processes import popen

HERE = Path(__file__).parent


class Received(NamedTuple):
    """An event at the receiver: the port, seconds of the sound card's clock, the message."""

    port: str
    seconds: float
    message: bytes


class Receiver:
    """Controls the receiving process, ``jack_receiver.py``, and holds what it received."""

    def __init__(self, *words: str) -> None:
        self.events: list[Received] = []
        self._process = popen(
            [sys.executable, HERE / "jack_receiver.py", *words],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._ready = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        assert self._ready.wait(PATIENCE), "the receiver did not start"

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line == "ready\n":
                self._ready.set()
                continue
            port, seconds, message = line.split()
            self.events.append(Received(port, float(seconds), bytes.fromhex(message)))

    def notes(self) -> list[Received]:
        """The note messages so far."""
        return [event for event in self.events if event.message[0] & 0xE0 == 0x80]

    def active_notes(self) -> set[tuple[str, int, int]]:
        """(port, channel, pitch) of each active note; controllers end nothing here."""
        active: set[tuple[str, int, int]] = set()
        for port, _, message in self.notes():
            key = port, message[0] & 0x0F, message[1]
            if message[0] & 0xF0 == 0x90 and message[2]:
                active.add(key)
            else:
                active.discard(key)
        return active

    def wait(self, condition: Callable[[], object]) -> bool:
        """Whether ``condition`` becomes true within ``PATIENCE`` seconds."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if condition():
                return True
            time.sleep(0.01)
        return False

    def order(self, order: str) -> None:
        """``disconnect`` from all ports, or ``connect`` again; done when this returns."""
        assert self._process.stdin is not None
        self._ready.clear()
        self._process.stdin.write(f"{order}\n")
        self._process.stdin.flush()
        assert self._ready.wait(PATIENCE), f"the receiver did not {order}"

    def kill(self) -> None:
        """Kill it, as if a DAW crashed."""
        self._process.kill()
        self._process.wait(PATIENCE)
        self._reader.join(PATIENCE)

    def close(self) -> None:
        """End it; then ``events`` holds all that it received."""
        assert self._process.stdin is not None
        self._process.stdin.write("end\n")
        self._process.stdin.close()
        self._process.wait(PATIENCE)
        self._reader.join(PATIENCE)


@pytest.fixture
def jackd(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Callable[[int, int], AbstractContextManager[subprocess.Popen[bytes]]]]:
    """Run a JACK server for one test, with this period and patience; else as ``jack_server``.

    All servers of a test have one name.
    """
    with free_name() as name:
        monkeypatch.setenv("JACK_DEFAULT_SERVER", name.text)
        monkeypatch.setenv("EMSYNC_STATE", str(tmp_path / "state"))
        yield partial(running_jack, name)


@pytest.fixture(scope="session")
def jack_server_name() -> Iterator[str]:
    """A JACK server with period 256 that most tests share."""
    with free_name() as name, running_jack(name, 256):
        yield name.text


@pytest.fixture
def jack_server(
    jack_server_name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[str]:
    """Set the JACK server and a new state folder, for this process and those it starts."""
    monkeypatch.setenv("JACK_DEFAULT_SERVER", jack_server_name)
    monkeypatch.setenv("EMSYNC_STATE", str(tmp_path / "state"))
    yield jack_server_name


@pytest.fixture
def receiver(jack_server: str) -> Iterator[Receiver]:
    """A process that receives everything that emsync's ports send."""
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def daws(jack_server: str) -> Iterator[Callable[[], Receiver]]:
    """Start more receivers; they are killed at the end."""
    started: list[Receiver] = []

    def start() -> Receiver:
        started.append(Receiver())
        return started[-1]

    yield start
    for receiver in started:
        receiver.kill()


@pytest.fixture
def passive_receiver(jack_server: str) -> Iterator[Receiver]:
    """A receiver that does not connect by itself."""
    receiver = Receiver("passive")
    yield receiver
    receiver.close()


class Sequencer:
    """A JACK client that sends MIDI to emsync's input and controls the transport, as a DAW does."""

    def __init__(self) -> None:
        from bridge.midi.jack_client import open_client

        self.client = open_client("daw")
        self._out = self.client.midi_outports.register("out")
        self._queue: deque[bytes] = deque()
        self.client.set_process_callback(self._process)
        self.client.activate()

    def connect(self, name: str = "emsync sync") -> None:
        """Connect to the first input port of that client; waits for it to appear."""
        for _ in range(int(100 * PATIENCE)):
            found = self.client.get_ports(f"^{name}:", is_midi=True, is_input=True)
            if found:
                self._out.connect(found[0])
                return
            time.sleep(0.01)
        raise AssertionError(f"no port of {name}")

    def send(self, message: Iterable[int]) -> None:
        """Send in the next cycle."""
        self._queue.append(bytes(message))

    @property
    def waiting(self) -> int:
        """The number of messages still to be sent."""
        return len(self._queue)

    def pace(self, messages: Iterable[Iterable[int]], step: float) -> None:
        """Send at an even pace, ``step`` seconds apart."""
        begun = time.monotonic()
        for number, message in enumerate(messages):
            time.sleep(max(begun + number * step - time.monotonic(), 0))
            self.send(message)

    def close(self) -> None:
        """Leave the server."""
        self.client.deactivate()
        self.client.close()

    def _process(self, frames: int) -> None:
        self._out.clear_buffer()
        while self._queue:
            self._out.write_midi_event(0, self._queue.popleft())


@pytest.fixture
def sequencer(jack_server: str) -> Iterator[Sequencer]:
    """A client that sends what a DAW sends for emsync to follow."""
    sequencer = Sequencer()
    yield sequencer
    sequencer.close()


def quarter_frames(first: int, last: int) -> Iterator[list[int]]:
    """MIDI Time Code at 25 frames a second, from one frame to another, within a minute."""
    for frame in range(first, last, 2):
        frames, seconds = frame % 25, frame // 25
        parts = (frames & 15, frames >> 4, seconds & 15, seconds >> 4, 0, 0, 0, 2)
        for part, value in enumerate(parts):
            yield [0xF1, part << 4 | value]


def full_frame(seconds: int) -> list[int]:
    """The time code of a DAW after a locate, at 25 frames a second."""
    return [0xF0, 0x7F, 0x7F, 1, 1, 1 << 5, 0, seconds, 0, 0xF7]


@pytest.fixture(scope="session")
def scale():
    """Make a piece of consecutive notes, each ``step`` seconds long."""

    def piece(number=10, step=0.05, first=60, **more):
        notes = (Note(Instrument.PIANO, n * step, (n + 1) * step, first + n) for n in range(number))
        fields = {"chords": (), "boundaries": (), **more}
        return Piece(tuple(notes), duration=number * step, **fields)

    return piece


@pytest.fixture(scope="session")
def soon():
    """Whether a condition becomes true within ten seconds."""

    def wait(condition):
        end = time.monotonic() + 10
        while not condition() and time.monotonic() < end:
            time.sleep(0.005)
        return condition()

    return wait


def draw(path: Path, seconds: int, cut: int) -> Path:
    """Write a film of two scenes, with a cut after ``cut`` seconds."""
    rng = np.random.default_rng(0)
    scenes = [cv2.resize(rng.random((4, 6, 3)), (96, 64)) for _ in range(2)]
    pictures = (np.roll(scenes[frame >= cut * 12], frame, axis=1) for frame in range(seconds * 12))
    write_film(path, ((255 * picture).astype(np.uint8) for picture in pictures), 12)
    return path


@pytest.fixture(scope="session")
def draw_film() -> Callable[[Path, int, int], Path]:
    """Draw a film: its path, its seconds, and the second of its cut."""
    return draw


SCENES = {"a": 6, "b": 5, "c": 9, "d": 8}
"""Scenes of a drawn film, and their seconds."""
SCENE_FPS = 12


def scene(name: str) -> list[Image]:
    """A pattern that moves."""
    rng = np.random.default_rng(ord(name))
    pattern = (255 * cv2.resize(rng.random((4, 6, 3)), (96, 64))).astype(np.uint8)
    return [np.roll(pattern, number, axis=1) for number in range(SCENES.get(name, 4) * SCENE_FPS)]


@pytest.fixture(scope="session")
def scene_films(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Writes a film of some scenes: ``scene_films("abc")``."""
    folder = tmp_path_factory.mktemp("films")

    def make(names: str) -> Path:
        path = folder / f"{names}.mp4"
        if not path.exists():
            write_film(path, [image for name in names for image in scene(name)], SCENE_FPS)
        return path

    return make


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film of 9 s with a cut at 4 s."""
    return draw(tmp_path_factory.mktemp("films") / "clip.mp4", 9, 4)


@pytest.fixture(scope="session")
def network_file(tiny, random_model, exported) -> Path:
    """The weights of a tiny network, its graphs beside them."""
    return exported(random_model(tiny()))
