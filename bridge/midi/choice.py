"""Which way out, and why."""

from __future__ import annotations

import atexit
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bridge.midi.existing import PATTERN, open_existing
from bridge.midi.jack import CLIENT, JackOutput, open_client
from bridge.midi.nowhere import Nowhere
from bridge.midi.output import Output
from bridge.midi.sender import SentOutput, Sink
from bridge.midi.sounding import Sounding
from bridge.midi.virtual import open_virtual
from bridge.midi.vkb import HOST, PORT, VirtualKeyboard
from bridge.server.state import state_folder
from engine.errors import EmsyncError

BACKENDS = ("auto", "jack", "rtmidi", "existing", "vkb", "none")


@dataclass(frozen=True, slots=True)
class Wish:
    """How to reach the DAW.

    backend: one of :data:`BACKENDS`. ports: ``"five"``, or ``"one"`` with five channels.
    pattern: a regular expression for the ports to play to (existing; JACK: to connect to).
    latency: seconds to send later, below 0 earlier. host, port: REAPER's OSC surface (vkb).
    """

    backend: str = "auto"
    ports: str = "five"
    pattern: str | None = None
    latency: float = 0.0
    host: str = HOST
    port: int = PORT

    def __post_init__(self) -> None:
        if self.backend not in BACKENDS:
            raise EmsyncError(f"backend {self.backend}: choose from {', '.join(BACKENDS)}")
        if self.ports not in ("five", "one"):
            raise EmsyncError(f"ports {self.ports}: choose five or one")
        if not -10.0 <= self.latency <= 10.0:
            raise EmsyncError(f"latency {self.latency:g} s: give -10 to 10")
        if not 0 < self.port < 65536:
            raise EmsyncError(f"port {self.port}: give 1 to 65535")


def open_output(wish: Wish, folder: Path | None = None) -> tuple[Output, str]:
    """The output and, in one line, why this one.

    It is closed when the interpreter ends, whatever ends it short of a signal. What a process that
    died left sounding on the same route is ended first. folder: where that is remembered
    (default: the user's state folder). Raises EmsyncError when the wished one can't be had.
    """
    memory = (folder or state_folder()) / "sounding"
    if wish.backend == "auto":
        output, why = _choose(wish, memory)
    else:
        output, why = _OPEN[wish.backend](wish, memory), "as asked"
    atexit.register(output.close)
    return output, f"{output.name}: {why}"


def _choose(wish: Wish, memory: Path) -> tuple[Output, str]:
    """The best that works here: JACK is exact, ports of our own need no set-up, OSC no driver."""
    linux = sys.platform.startswith("linux")
    ways = [("jack", "a JACK server runs, and notes lie at their exact frame")] if linux else []
    if wish.pattern is not None or sys.platform == "win32":
        ways.append(("existing", f"a port matches {wish.pattern or PATTERN!r}"))
    ways.append(("rtmidi", "this system has virtual ports"))
    failures: list[str] = []
    for backend, why in ways:
        try:
            return _OPEN[backend](wish, memory), "; ".join([why, *failures])
        except EmsyncError as error:
            failures.append(f"not {backend} ({error})")
    return _vkb(wish, memory), "; ".join(["OSC alone is left", *failures])


def _jack(wish: Wish, memory: Path) -> Output:
    client = open_client(CLIENT)
    try:
        sounding = Sounding(memory, f"jack {wish.ports}")
    except EmsyncError:
        client.close()
        raise
    return JackOutput(client, sounding, wish.ports, wish.pattern, wish.latency)


def _rtmidi(wish: Wish, memory: Path) -> Output:
    return _sent(wish, memory, f"rtmidi {wish.ports}", lambda: open_virtual(wish.ports))


def _existing(wish: Wish, memory: Path) -> Output:
    route = f"existing {wish.pattern or ''} {wish.ports}"
    return _sent(wish, memory, route, lambda: open_existing(wish.pattern, wish.ports))


def _vkb(wish: Wish, memory: Path) -> Output:
    route = f"vkb {wish.host} {wish.port}"
    return _sent(wish, memory, route, lambda: VirtualKeyboard(wish.host, wish.port))


def _none(wish: Wish, memory: Path) -> Output:
    return _sent(wish, memory, "none", Nowhere)


def _sent(wish: Wish, memory: Path, route: str, sink: Callable[[], Sink]) -> Output:
    opened = sink()
    try:
        sounding = Sounding(memory, route)
    except EmsyncError:
        opened.close()
        raise
    return SentOutput(opened, sounding, wish.latency)


_OPEN = {"jack": _jack, "rtmidi": _rtmidi, "existing": _existing, "vkb": _vkb, "none": _none}
