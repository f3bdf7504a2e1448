"""Inputs for a DAW's transport: they feed a state machine, and a player chases its result."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Generic, TypeVar

from pythonosc.dispatcher import Dispatcher
from pythonosc.osc_server import BlockingOSCUDPServer

from bridge.midi.frames import FrameClock
from bridge.midi.jack import JackOutput
from bridge.midi.jack_client import activate, load, open_client
from bridge.midi.jack_input import open_jack_input
from bridge.midi.routes import by_instrument
from bridge.midi.rtmidi_api import INPUT, close_port, default_api, load_rtmidi, usable_apis
from bridge.play.follow.chase import Chase
from bridge.play.follow.jack import Cycle, JackTransport
from bridge.play.follow.reaper import Packet, Reaper
from bridge.play.follow.transport import Machine
from bridge.play.player import Player
from engine.errors import EmsyncError

T = TypeVar("T")

PORT_NAME = "emsync sync"
"""The virtual MIDI input to which the DAW sends its time code or clock."""
REAPER_PORT = 9000
"""The default UDP port for the feedback of REAPER's OSC control surface."""
_POLL = 0.05
"""Seconds without an arrival after which the state machine is asked whether it is idle."""


class Follower(Generic[T]):
    """Feeds a state machine in its own thread and lets a player chase the transport."""

    def __init__(self, player: Player, machine: Machine[T], offset: float = 0.0) -> None:
        """offset: where on the transport the piece's zero lies, in seconds."""
        self._machine = machine
        self._chase = Chase(player, machine.name, offset)
        self._arrived: queue.SimpleQueue[tuple[T, float] | None] = queue.SimpleQueue()
        self._stop: Callable[[], None] = lambda: None
        self._thread = threading.Thread(target=self._run, name="emsync follower", daemon=True)
        self._thread.start()

    def receive(self, arrived: T, when: float) -> None:
        """Queue what arrived at the moment ``when`` of ``time.monotonic()``; returns at once."""
        self._arrived.put((arrived, when))

    def on_close(self, stop: Callable[[], None]) -> Follower[T]:
        """Set the function that stops the input; ``close`` calls it. Returns this follower."""
        self._stop = stop
        return self

    def close(self) -> None:
        """Stop following."""
        self._stop()
        self._arrived.put(None)
        self._thread.join(1.0)
        self._chase.close()

    def _run(self) -> None:
        while True:
            try:
                due = self._arrived.get(timeout=_POLL)
            except queue.Empty:
                when = time.monotonic()
                transport = self._machine.idle(when)
            else:
                if due is None:
                    return
                when = due[1]
                transport = self._machine.feed(*due)
            if transport is not None:
                # The player reports the error in its status.
                with suppress(EmsyncError):
                    self._chase.follow(transport, when)


def follow_midi(
    player: Player, machine: Machine[bytes], pattern: str | None = None, offset: float = 0.0
) -> Follower[bytes]:
    """Follow MIDI Time Code or MIDI clock.

    machine: of the protocol. pattern: follow the first MIDI port that matches (default: a virtual
    one). The port is JACK's if the player's output is.

    Raises EmsyncError when there is no such port.
    """
    if isinstance(player.output, JackOutput):
        follower = Follower(player, machine, offset)
        try:
            clock = player.output.clock
            return follower.on_close(open_jack_input(PORT_NAME, follower.receive, pattern, clock))
        except EmsyncError:
            follower.close()
            raise
    port = _open_virtual() if pattern is None else _open_existing(pattern)
    port.ignore_types(sysex=False, timing=False, active_sense=True)
    follower = Follower(player, machine, offset)

    def callback(event: tuple[list[int], float], _: object) -> None:
        follower.receive(bytes(event[0]), time.monotonic())

    port.set_callback(callback)
    return follower.on_close(lambda: _close_input(port))


def follow_reaper(
    player: Player, host: str = "127.0.0.1", port: int = REAPER_PORT, offset: float = 0.0
) -> Follower[Packet]:
    """Follow REAPER's OSC feedback, which it sends to ``host`` and ``port``.

    Raises EmsyncError when the port is taken.
    """
    follower = Follower(player, Reaper(), offset)

    def handle(address: str, *values: object) -> None:
        if values and isinstance(values[0], int | float):
            follower.receive((address, float(values[0])), time.monotonic())

    dispatcher = Dispatcher()
    dispatcher.set_default_handler(handle)
    try:
        server = BlockingOSCUDPServer((host, port), dispatcher)
    except OSError as error:
        follower.close()
        raise EmsyncError(
            f"OSC port {port}: can't be listened on ({error.strerror}); give another to REAPER "
            "and here"
        ) from error
    threading.Thread(target=server.serve_forever, name="emsync reaper", daemon=True).start()

    def stop() -> None:
        server.shutdown()
        server.server_close()

    return follower.on_close(stop)


def follow_jack(player: Player, offset: float = 0.0) -> Follower[Cycle]:
    """Follow JACK transport.

    Raises EmsyncError when no JACK server runs, or it refuses the client.
    """
    rolling = load().ROLLING
    client = open_client("emsync-transport")
    follower = Follower(player, JackTransport(), offset)
    # Two clocks would differ by a fraction of a millisecond, so the output's is used.
    shared = player.output.clock if isinstance(player.output, JackOutput) else None
    own = FrameClock(client.samplerate)

    def process(frames: int) -> None:
        frame = client.last_frame_time
        start = own.observe(frame, time.monotonic())
        if shared is not None:
            start = shared.moment_of(frame)
        state, position = client.transport_query_struct()
        if own.settled:
            cycle = Cycle(state == rolling, position.frame, client.samplerate)
            follower.receive(cycle, start)

    def stop() -> None:
        client.deactivate()
        client.close()

    client.set_process_callback(process)
    follower.on_close(stop)
    try:
        activate(client)
    except EmsyncError:
        follower.close()
        raise
    return follower


def _open_virtual() -> Any:
    _, port = default_api(INPUT)
    try:
        port.open_virtual_port(PORT_NAME)
    except load_rtmidi().RtMidiError as error:
        port.delete()
        raise EmsyncError(
            f"no virtual MIDI input can be opened ({error}); name an existing one"
        ) from error
    return port


def _open_existing(pattern: str) -> Any:
    ports = [port for _, port in usable_apis(INPUT)]
    names = [(name, port) for port in ports for name in port.get_ports()]
    try:
        name = next(iter(by_instrument([name for name, _ in names], pattern).values()))
        chosen = next(port for known, port in names if known == name)
        chosen.open_port(chosen.get_ports().index(name), PORT_NAME)
    except (EmsyncError, load_rtmidi().RtMidiError) as error:
        for port in ports:
            port.delete()
        raise EmsyncError(f"MIDI input: {error}") from error
    for port in ports:
        if port is not chosen:
            port.delete()
    return chosen


def _close_input(port: Any) -> None:
    port.cancel_callback()
    close_port(port)
