"""The choice of a MIDI backend, with its reason."""

from __future__ import annotations

import atexit
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bridge.midi.active_notes import ActiveNotes
from bridge.midi.jack import CLIENT, JackOutput, open_client
from bridge.midi.null import NullSink
from bridge.midi.output import Output
from bridge.midi.rtmidi_ports import PATTERN, open_existing, open_virtual
from bridge.midi.scheduler import ScheduledOutput, Sink
from bridge.midi.vkb import HOST, PORT, VirtualKeyboard
from bridge.state import state_folder
from engine.errors import EmsyncError

BACKENDS = ("auto", "jack", "rtmidi", "existing", "vkb", "none")


@dataclass(frozen=True, slots=True)
class OutputConfig:
    """How to reach the DAW.

    backend: one of :data:`BACKENDS`.
    ports: ``"five"``, or ``"one"`` with five channels.
    pattern: a regular expression; existing: the ports to play to, JACK: the ports to connect to.
    latency: seconds to send later; below 0: earlier.
    host, port: of REAPER's OSC surface (vkb).

    Raises EmsyncError for a value out of range.
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
    """The opened output and, in one line, the reason for its backend.

    It first ends the notes that a dead process left on the same route. The interpreter closes it
    at exit, whatever the cause short of a signal.

    folder: where active notes are recorded (default: the user's state folder).

    Raises EmsyncError when the backend that was asked for can't be opened.
    """
    records = (folder or state_folder()) / "active-notes"
    if config.backend == "auto":
        output, why = _open_best(config, records)
    else:
        output, why = _OPENERS[config.backend](config, records), "as asked"
    atexit.register(output.close)
    return output, f"{output.name}: {why}"


def _open_best(config: OutputConfig, records: Path) -> tuple[Output, str]:
    """Open the best backend that works here.

    JACK comes first, for its timing is exact. Virtual ports need no set-up, OSC needs no driver.
    """
    candidates = []
    if sys.platform.startswith("linux"):
        candidates.append(("jack", "a JACK server runs, and notes lie at their exact frame"))
    if config.pattern is not None or sys.platform == "win32":
        candidates.append(("existing", f"a port matches {config.pattern or PATTERN!r}"))
    candidates.append(("rtmidi", "this system has virtual ports"))
    failures: list[str] = []
    for backend, why in candidates:
        try:
            return _OPENERS[backend](config, records), "; ".join([why, *failures])
        except EmsyncError as error:
            failures.append(f"not {backend} ({error})")
    return _vkb(config, records), "; ".join(["OSC alone is left", *failures])


def _jack(config: OutputConfig, records: Path) -> Output:
    client = open_client(CLIENT)
    try:
        active_notes = ActiveNotes(records, f"jack {config.ports}")
    except EmsyncError:
        client.close()
        raise
    return JackOutput(client, active_notes, config.ports, config.pattern, config.latency)


def _rtmidi(config: OutputConfig, records: Path) -> Output:
    route = f"rtmidi {config.ports}"
    return _scheduled(config, records, route, lambda: open_virtual(config.ports))


def _existing(config: OutputConfig, records: Path) -> Output:
    route = f"existing {config.pattern or ''} {config.ports}"
    return _scheduled(config, records, route, lambda: open_existing(config.pattern, config.ports))


def _vkb(config: OutputConfig, records: Path) -> Output:
    route = f"vkb {config.host} {config.port}"
    return _scheduled(config, records, route, lambda: VirtualKeyboard(config.host, config.port))


def _none(config: OutputConfig, records: Path) -> Output:
    return _scheduled(config, records, "none", NullSink)


def _scheduled(
    config: OutputConfig, records: Path, route: str, open_sink: Callable[[], Sink]
) -> Output:
    sink = open_sink()
    try:
        active_notes = ActiveNotes(records, route)
    except EmsyncError:
        sink.close()
        raise
    return ScheduledOutput(sink, active_notes, config.latency)


_OPENERS = {"jack": _jack, "rtmidi": _rtmidi, "existing": _existing, "vkb": _vkb, "none": _none}
