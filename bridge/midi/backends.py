"""Which way out, and why."""

from __future__ import annotations

import atexit
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bridge.midi.active_notes import ActiveNotes
from bridge.midi.existing import PATTERN, open_existing
from bridge.midi.jack import CLIENT, JackOutput, open_client
from bridge.midi.null import NullSink
from bridge.midi.output import Output
from bridge.midi.scheduler import ScheduledOutput, Sink
from bridge.midi.virtual import open_virtual
from bridge.midi.vkb import HOST, PORT, VirtualKeyboard
from bridge.state import state_folder
from engine.errors import EmsyncError

BACKENDS = ("auto", "jack", "rtmidi", "existing", "vkb", "none")


@dataclass(frozen=True, slots=True)
class OutputConfig:
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


def open_output(config: OutputConfig, folder: Path | None = None) -> tuple[Output, str]:
    """The output and, in one line, why this one.

    It is closed when the interpreter ends, whatever ends it short of a signal. What a process that
    died left sounding on the same route is ended first. folder: where that is remembered
    (default: the user's state folder). Raises EmsyncError when the wished one can't be had.
    """
    memory = (folder or state_folder()) / "sounding"
    if config.backend == "auto":
        output, why = _choose(config, memory)
    else:
        output, why = _OPEN[config.backend](config, memory), "as asked"
    atexit.register(output.close)
    return output, f"{output.name}: {why}"


def _choose(config: OutputConfig, memory: Path) -> tuple[Output, str]:
    """The best that works here: JACK is exact, ports of our own need no set-up, OSC no driver."""
    linux = sys.platform.startswith("linux")
    ways = [("jack", "a JACK server runs, and notes lie at their exact frame")] if linux else []
    if config.pattern is not None or sys.platform == "win32":
        ways.append(("existing", f"a port matches {config.pattern or PATTERN!r}"))
    ways.append(("rtmidi", "this system has virtual ports"))
    failures: list[str] = []
    for backend, why in ways:
        try:
            return _OPEN[backend](config, memory), "; ".join([why, *failures])
        except EmsyncError as error:
            failures.append(f"not {backend} ({error})")
    return _vkb(config, memory), "; ".join(["OSC alone is left", *failures])


def _jack(config: OutputConfig, memory: Path) -> Output:
    client = open_client(CLIENT)
    try:
        sounding = ActiveNotes(memory, f"jack {config.ports}")
    except EmsyncError:
        client.close()
        raise
    return JackOutput(client, sounding, config.ports, config.pattern, config.latency)


def _rtmidi(config: OutputConfig, memory: Path) -> Output:
    return _sent(
        config,
        memory,
        f"rtmidi {config.ports}",
        lambda: open_virtual(config.ports),
    )


def _existing(config: OutputConfig, memory: Path) -> Output:
    route = f"existing {config.pattern or ''} {config.ports}"
    return _sent(
        config,
        memory,
        route,
        lambda: open_existing(config.pattern, config.ports),
    )


def _vkb(config: OutputConfig, memory: Path) -> Output:
    route = f"vkb {config.host} {config.port}"
    return _sent(
        config,
        memory,
        route,
        lambda: VirtualKeyboard(config.host, config.port),
    )


def _none(config: OutputConfig, memory: Path) -> Output:
    return _sent(config, memory, "none", NullSink)


def _sent(config: OutputConfig, memory: Path, route: str, sink: Callable[[], Sink]) -> Output:
    opened = sink()
    try:
        sounding = ActiveNotes(memory, route)
    except EmsyncError:
        opened.close()
        raise
    return ScheduledOutput(opened, sounding, config.latency)


_OPEN = {"jack": _jack, "rtmidi": _rtmidi, "existing": _existing, "vkb": _vkb, "none": _none}
