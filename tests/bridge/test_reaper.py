"""REAPER's scripts from end to end: they start a real server, which composes and plays.

The stand-in for REAPER records in real time what arrives by JACK, or by OSC as its virtual
keyboard does. Its takes must be the composed stems.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("lupa", reason="needs lupa, to run Lua")
pytest.importorskip("rac", reason="needs reacli, for REAPER's API index")
pytest.importorskip("PIL", reason="needs Pillow, to draw the window")

from pythonosc.dispatcher import Dispatcher
from pythonosc.osc_server import BlockingOSCUDPServer

from bridge.play.midi_reader import read_piece
from bridge.state import read_running
from engine.score import Instrument, Note

from ..reaper_scripts.stand_in.reaper import Reaper
from ..reaper_scripts.stand_in.server import Server

TICK = 0.033
"""Seconds between two idle calls of REAPER, about 30 a second."""
LONGEST = 90
RECORD = "Score video and record"
EMSYNC = """#!/bin/sh
exec {python} -c '
import os, select, signal, sys, threading
from bridge.cli import main

def end_with(tests):
    select.select([os.pidfd_open(tests)], [], [])
    os.kill(os.getpid(), signal.SIGTERM)

if hasattr(os, "pidfd_open"):
    threading.Thread(target=end_with, args=[{tests}], daemon=True).start()
sys.exit(main())' "$@"
"""
"""The program of REAPER's scripts. The server outlives its shell, but not the tests."""


class NoServer(Server):
    """In place of the stand-in's own server."""

    def tick(self) -> None: ...


class LiveReaper(Reaper):
    """A REAPER in real time, whose processes are real.

    clock: seconds. messages: what has arrived, as (part or channel, seconds, message).
    """

    def __init__(
        self,
        folder: Path,
        film: Path,
        network: Path,
        clock: Callable[[], float],
        messages: Callable[[], list[tuple[str, float, bytes]]],
        backend: str,
    ) -> None:
        self._clock, self._messages = clock, messages
        super().__init__(folder, NoServer(folder))
        self.film.takes[0].source.path = str(film)
        self.film.takes[0].source.length = self.film.values["D_LENGTH"] = 3.0
        Path(self.ext["program"]).write_text(
            EMSYNC.format(python=sys.executable, tests=os.getpid())
        )
        self.ext["serve"] = (
            f"--port 0 --no-osc --model {network} --device cpu --threads 1 {backend}"
        )
        self.project_ext["settings"] = '{"takes": 1}'
        self.cpu: dict[str, list[float]] = {"waiting": [], "recording": []}
        self.children: list[subprocess.Popen[bytes]] = []

    @property
    def now(self) -> float:
        """The time."""
        return self._clock()

    @now.setter
    def now(self, value: float) -> None:
        """The stand-in's own steps do not count."""

    def idle(self) -> None:
        """One idle call, in its time."""
        time.sleep(TICK)
        before, begun = time.thread_time(), time.monotonic()
        super().idle()
        kind = "recording" if self.playing & 4 else "waiting"
        self.cpu[kind].append((time.thread_time() - before) / (TICK + time.monotonic() - begun))

    def run(self, name: str) -> str:
        """Run an action to its end; returns its last message."""
        self.boxes.clear()
        self.start(name)
        latest = time.monotonic() + LONGEST
        while self.deferred:
            assert time.monotonic() < latest, (self.canvas.texts[-3:], self.logs())
            self.idle()
        for child in self.children:
            child.wait(30)
        self.canvas.keys = [13]
        return self.boxes[-1] if self.boxes else ""

    def logs(self) -> str:
        """What the server wrote."""
        return "".join(path.read_text() for path in self.folder.glob("Data/EMSYNC/serve.*"))

    def recorded(self, instrument: Instrument, keyboard: bool) -> list[Any]:
        """The notes that arrived since recording began."""
        wanted = str(instrument.channel) if keyboard else instrument.value
        active: dict[int, tuple[float, int]] = {}
        notes = []
        for part, seconds, message in self._messages():
            if part != wanted or seconds < self.since:
                continue
            kind, pitch, velocity = message[0] & 0xF0, message[1], message[2]
            if kind in (0x80, 0x90) and pitch in active:
                onset, loud = active.pop(pitch)
                notes.append((Note(instrument, onset, seconds, pitch, loud), onset))
            if kind == 0x90 and velocity:
                active[pitch] = seconds, velocity
        return sorted(notes, key=lambda note: note[1])

    def _ExecProcess(self, command: str, wait: int) -> str:
        assert wait == -2, "REAPER would wait"
        self.processes += 1
        self.children.append(subprocess.Popen(command, shell=True))
        return ""


def end_server(state: Path) -> None:
    """End the server that a script started, and wait for its end."""
    running = read_running(state)
    if running is not None:
        os.kill(running.pid, signal.SIGTERM)
        for _ in range(200):
            if read_running(state) is None:
                break
            time.sleep(0.05)


@pytest.fixture
def live(tmp_path, monkeypatch, draw_film, network_file) -> Iterator[Callable[..., LiveReaper]]:
    """Make a REAPER with a film of 3 s; the server that it starts ends with the test."""
    state = Path(os.environ.get("EMSYNC_STATE") or tmp_path / "state")
    monkeypatch.setenv("EMSYNC_STATE", str(state))

    def make(**more: Any) -> LiveReaper:
        film = draw_film(tmp_path / "it's ä film.mp4", 3, 2)
        return LiveReaper(tmp_path, film, network_file, **more)

    yield make
    end_server(state)


@pytest.fixture(scope="module")
def imported(tmp_path_factory, draw_film, network_file) -> Iterator[LiveReaper]:
    """A REAPER that has imported a piece; its server plays to nothing."""
    folder = tmp_path_factory.mktemp("reaper")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EMSYNC_STATE", str(folder / "state"))
        film = draw_film(folder / "it's ä film.mp4", 3, 2)
        reaper = LiveReaper(
            folder, film, network_file, clock=time.monotonic, messages=list,
            backend="--backend none",
        )  # fmt: skip
        assert reaper.run("Score video and import") == ""
        yield reaper
        end_server(folder / "state")


def assert_takes_are_the_stems(reaper: LiveReaper, message: str, tolerance: float) -> float:
    """Check every note; returns the worst error in milliseconds."""
    (folder,) = [path.parent for path in reaper.folder.glob("Data/EMSYNC/*/score.mid")]
    piece = read_piece(folder)
    assert len(piece.notes) > 3
    for instrument in Instrument:
        wanted = sorted(
            (note for note in piece.notes if note.instrument is instrument),
            key=lambda note: (note.onset, note.pitch),
        )
        track = reaper.track(instrument.value.capitalize())
        notes = sorted(reaper.notes(track), key=lambda n: (round(n[0], 2), n[2])) if wanted else []
        assert sorted((n[2], n[3]) for n in notes) == sorted((n.pitch, n.velocity) for n in wanted)
    assert reaper.misuse == [] and len(reaper.undo) == 1
    worst = max(float(text) for text in re.findall(r"at most ([\d.]+) ms", message))
    assert worst <= tolerance, message
    return worst


def record_by_jack(live, receiver) -> tuple[LiveReaper, str]:
    import jack

    client = jack.Client("clock", no_start_server=True)
    client.activate()
    try:
        rate = client.samplerate
        reaper = live(
            clock=lambda: client.frame_time / rate,
            messages=lambda: list(receiver.events),
            backend="--backend jack",
        )
        return reaper, reaper.run(RECORD)
    finally:
        client.deactivate()
        client.close()


def test_a_take_by_jack_is_the_composed_piece(live, receiver):
    reaper, message = record_by_jack(live, receiver)
    assert "of" in message, message
    assert_takes_are_the_stems(reaper, message, tolerance=1.0)
    # Looking for the server, starting it, asking for the piece, its files, and for playback.
    assert reaper.processes == 6


@pytest.mark.soak
@pytest.mark.parametrize("number", range(10))
def test_ten_takes_by_jack_are_the_composed_piece(live, receiver, number):
    reaper, message = record_by_jack(live, receiver)
    worst = assert_takes_are_the_stems(reaper, message, tolerance=1.0)
    cpu = {kind: 100 * sum(shares) / len(shares) for kind, shares in reaper.cpu.items()}
    print(f"take {number}: worst error {worst:.2f} ms; CPU of a core {cpu}")


def test_a_take_by_the_virtual_keyboard_is_the_composed_piece(live):
    received: list[tuple[str, float, bytes]] = []

    def note(address: str, velocity: float) -> None:
        _, _, channel, _, pitch = address.split("/")
        kind = 0x90 if velocity else 0x80
        message = bytes([kind | int(channel), int(pitch), int(velocity)])
        received.append((channel, time.monotonic(), message))

    dispatcher = Dispatcher()
    dispatcher.map("/vkb_midi/*/note/*", note)
    surface = BlockingOSCUDPServer(("127.0.0.1", 0), dispatcher)
    threading.Thread(target=surface.serve_forever, daemon=True).start()
    try:
        reaper = live(
            clock=time.monotonic,
            messages=lambda: list(received),
            backend=f"--backend vkb --reaper-port {surface.server_address[1]}",
        )
        reaper.inputs = {}
        message = reaper.run(RECORD)
    finally:
        surface.shutdown()
        surface.server_close()
    assert_takes_are_the_stems(reaper, message, tolerance=200.0)


def in_ticks(reaper: LiveReaper) -> dict[str, list[tuple[float, ...]]]:
    """The notes of each part's active take."""
    found = {}
    for instrument in Instrument:
        (item,) = reaper.track(instrument.value.capitalize()).items
        assert item.take is not None
        found[instrument.value] = sorted(map(tuple, item.take.notes))
    return found


def test_another_take_of_the_same_plan_is_composed(imported):
    first, tempo = in_ticks(imported), list(imported.tempo_map.marks)
    assert imported.run("Another take") == ""
    assert in_ticks(imported) != first and imported.tempo_map.marks == tempo
    assert imported.run("Compare takes") == "" and in_ticks(imported) == first
    assert imported.misuse == []


@pytest.mark.skipif(
    find_spec("bridge.scoring.rescore") is None, reason="needs the rescoring of pieces"
)
def test_a_stretch_is_composed_again_and_all_else_stays(imported):
    first = in_ticks(imported)
    imported.time_selection = (11.5, 13.0)
    imported.selected_tracks = [imported.track("Piano"), imported.track("Strings")]
    assert "notes changed" in imported.run("Rescore selection")
    second = in_ticks(imported)
    for name, notes in first.items():
        if name not in ("piano", "strings"):
            assert second[name] == notes
        (item,) = imported.track(name.capitalize()).items
        early = [note for note in notes if imported.at(item.take, note[0]) < 11.4]
        assert early == [note for note in second[name] if imported.at(item.take, note[0]) < 11.4]
    assert any(second[name] != first[name] for name in ("piano", "strings"))
    assert imported.misuse == []
