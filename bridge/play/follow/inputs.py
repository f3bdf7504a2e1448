"""What a DAW sends, brought to a state machine and from there to a player."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Generic, TypeVar

import rtmidi
from pythonosc.dispatcher import Dispatcher
from pythonosc.osc_server import BlockingOSCUDPServer

from bridge.midi.frames import FrameClock
from bridge.midi.jack import JackOutput, join, load, open_client
from bridge.midi.jack_input import open_jack_input
from bridge.midi.routes import by_instrument
from bridge.midi.rtmidi_api import first, shut, usable
from bridge.play.follow.chase import Chase
from bridge.play.follow.jack import Cycle, JackTransport
from bridge.play.follow.reaper import Packet, Reaper
from bridge.play.follow.transport import Machine
from bridge.play.player import Player
from engine.errors import EmsyncError

T = TypeVar("T")

PORT_NAME = "emsync sync"
"""Our own MIDI input, for the DAW to send its time code or clock to."""
REAPER_PORT = 9000
"""Where REAPER's OSC control surface sends its feedback, unless told otherwise."""
_LOOK = 0.05


class Follower(Generic[T]):
    """Feeds a state machine in a thread of its own and lets a player chase it."""

    def __init__(self, player: Player, machine: Machine[T], offset: float = 0.0) -> None:
        """offset: where on the transport the piece's zero lies, in seconds."""
        self._machine = machine
        self._chase = Chase(player, machine.name, offset)
        self._arrived: queue.SimpleQueue[tuple[T, float] | None] = queue.SimpleQueue()
        self._stop: Callable[[], None] = lambda: None
        self._thread = threading.Thread(target=self._run, name="emsync follower", daemon=True)
        self._thread.start()

    def hear(self, arrived: T, when: float) -> None:
        """Something arrived at a moment of ``time.monotonic()``; returns at once."""
        self._arrived.put((arrived, when))

    def until(self, stop: Callable[[], None]) -> Follower[T]:
        """``stop`` ends what is heard; called on closing."""
        self._stop = stop
        return self

    def close(self) -> None:
        """Follow no longer."""
        self._stop()
        self._arrived.put(None)
        self._thread.join(1.0)
        self._chase.close()

    def _run(self) -> None:
        while True:
            try:
                due = self._arrived.get(timeout=_LOOK)
            except queue.Empty:
                when = time.monotonic()
                transport = self._machine.idle(when)
            else:
                if due is None:
                    return
                when = due[1]
                transport = self._machine.feed(*due)
            if transport is not None:
                # The player keeps what went wrong in its status.
                with suppress(EmsyncError):
                    self._chase.follow(transport, when)


def follow_midi(
    player: Player, machine: Machine[bytes], pattern: str | None = None, offset: float = 0.0
) -> Follower[bytes]:
    """Follow MIDI Time Code or MIDI clock, by its machine, on a port of our own, or on the first
    that matches ``pattern``; of JACK, where the player plays there.

    Raises EmsyncError when there is no such port.
    """
    if isinstance(player.output, JackOutput):
        follower = Follower(player, machine, offset)
        try:
            clock = player.output.clock
            return follower.until(open_jack_input(PORT_NAME, follower.hear, pattern, clock))
        except EmsyncError:
            follower.close()
            raise
    port = _own_input() if pattern is None else _existing_input(pattern)
    port.ignore_types(sysex=False, timing=False, active_sense=True)
    follower = Follower(player, machine, offset)

    def heard(event: tuple[list[int], float], _: object) -> None:
        follower.hear(bytes(event[0]), time.monotonic())

    port.set_callback(heard)
    return follower.until(lambda: _shut(port))


def follow_reaper(
    player: Player, host: str = "127.0.0.1", port: int = REAPER_PORT, offset: float = 0.0
) -> Follower[Packet]:
    """Follow REAPER's OSC feedback, sent to ``host`` and ``port``.

    Raises EmsyncError when the port is taken.
    """
    follower = Follower(player, Reaper(), offset)

    def heard(address: str, *values: object) -> None:
        if values and isinstance(values[0], int | float):
            follower.hear((address, float(values[0])), time.monotonic())

    dispatcher = Dispatcher()
    dispatcher.set_default_handler(heard)
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

    return follower.until(stop)


def follow_jack(player: Player, offset: float = 0.0) -> Follower[Cycle]:
    """Follow JACK transport.

    Raises EmsyncError when no JACK server runs, or it does not have us.
    """
    rolling = load().ROLLING
    client = open_client("emsync-transport")
    follower = Follower(player, JackTransport(), offset)
    # Two clocks, each as good, would disagree by a fraction of a millisecond.
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
            follower.hear(cycle, start)

    def stop() -> None:
        client.deactivate()
        client.close()

    client.set_process_callback(process)
    follower.until(stop)
    try:
        join(client)
    except EmsyncError:
        follower.close()
        raise
    return follower


def _own_input() -> Any:
    _, port = first(rtmidi.MidiIn)
    try:
        port.open_virtual_port(PORT_NAME)
    except rtmidi.RtMidiError as error:
        port.delete()
        raise EmsyncError(
            f"no MIDI input of our own can be opened ({error}); name one that is there"
        ) from error
    return port


def _existing_input(pattern: str) -> Any:
    offered = [port for _, port in usable(rtmidi.MidiIn)]
    names = [(name, port) for port in offered for name in port.get_ports()]
    try:
        name = next(iter(by_instrument([name for name, _ in names], pattern).values()))
        chosen = next(port for known, port in names if known == name)
        chosen.open_port(chosen.get_ports().index(name), PORT_NAME)
    except (EmsyncError, rtmidi.RtMidiError) as error:
        for port in offered:
            port.delete()
        raise EmsyncError(f"MIDI input: {error}") from error
    for port in offered:
        if port is not chosen:
            port.delete()
    return chosen


def _shut(port: Any) -> None:
    port.cancel_callback()
    shut(port)
