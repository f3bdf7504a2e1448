"""The choice of a MIDI backend, with its reason."""

from __future__ import annotations

import atexit
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from bridge.midi.active_notes import ActiveNotes
from bridge.midi.guardian import Guardian
from bridge.midi.jack import JackOutput
from bridge.midi.jack_client import open_client
from bridge.midi.null import NullSink
from bridge.midi.output import CLIENT, Output
from bridge.midi.rtmidi_ports import PATTERN, open_existing, open_virtual
from bridge.midi.scheduler import ScheduledOutput, Sink
from bridge.midi.vkb import HOST, PORT, VirtualKeyboard
from bridge.state import state_folder
from engine.errors import EmsyncError
from engine.score import Instrument

_GUARDED = ("jack", "existing", "vkb")
BACKENDS = ("auto", "jack", "rtmidi", "existing", "vkb", "none")


@dataclass(frozen=True, slots=True)
class OutputConfig:
    """How to reach the DAW.

    backend: one of :data:`BACKENDS`.
    ports: ``"five"``, or ``"one"`` with five channels.
    pattern: a regular expression; existing: the ports to play to, JACK: the ports to connect to.
    latency: seconds to send later; below 0: earlier.
    host, port: of REAPER's OSC surface (vkb).
    guarded: a small process ends the notes at once if this one is killed. Not for virtual ports of
    rtmidi: no other process can send to where they lead.

    Raises EmsyncError for a value out of range.
    """

    backend: str = "auto"
    ports: str = "five"
    pattern: str | None = None
    latency: float = 0.0
    host: str = HOST
    port: int = PORT
    guarded: bool = False

    def __post_init__(self) -> None:
        if self.backend not in BACKENDS:
            raise EmsyncError(f"backend {self.backend}: choose from {', '.join(BACKENDS)}")
        if self.ports not in ("five", "one"):
            raise EmsyncError(f"ports {self.ports}: choose five or one")
        if not -10.0 <= self.latency <= 10.0:
            raise EmsyncError(f"latency {self.latency:g} s: give -10 to 10")
        if not self.host.strip():
            raise EmsyncError("REAPER's host is empty; give the machine that REAPER runs on")
        if not 0 < self.port < 65536:
            raise EmsyncError(f"REAPER's port {self.port}: give 1 to 65535")


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
        output, why = _open(config, records, config.backend), "as asked"
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
            return _open(config, records, backend), "; ".join([why, *failures])
        except EmsyncError as error:
            failures.append(f"not {backend} ({error})")
    return _open(config, records, "vkb"), "; ".join(["OSC alone is left", *failures])


def open_unguarded(config: OutputConfig, records: Path) -> tuple[Output, ActiveNotes]:
    """The output of a config that names its backend, and its active notes.

    records: the folder of active notes. Raises EmsyncError when it can't be opened.
    """
    match config.backend:
        case "jack":
            client = open_client(CLIENT)
            active_notes = _active_notes(records, f"jack {config.ports}", client.close)
            arguments = config.ports, config.pattern, config.latency
            return JackOutput(client, active_notes, *arguments), active_notes
        case "rtmidi":
            sink: Sink = open_virtual(config.ports)
            route = f"rtmidi {config.ports}"
        case "existing":
            sink = open_existing(config.pattern, config.ports)
            route = f"existing {config.pattern or ''} {config.ports}"
        case "vkb":
            sink = VirtualKeyboard(config.host, config.port)
            route = f"vkb {config.host} {config.port}"
        case _:
            sink, route = NullSink(), "none"
    active_notes = _active_notes(records, route, sink.close)
    return ScheduledOutput(sink, active_notes, config.latency), active_notes


def _open(config: OutputConfig, records: Path, backend: str) -> Output:
    config = replace(config, backend=backend)
    output, active_notes = open_unguarded(config, records)
    if config.guarded and backend in _GUARDED:
        ports: list[str] = []
        if isinstance(output, JackOutput):
            ports = list(dict.fromkeys(map(output.port_name, Instrument)))
            config = replace(config, pattern=None)
        fields = asdict(replace(config, guarded=False, latency=0.0))
        with suppress(OSError):
            active_notes.on_close = Guardian(fields, records, ports).dismiss
    return output


def _active_notes(records: Path, route: str, close: Callable[[], object]) -> ActiveNotes:
    try:
        return ActiveNotes(records, route)
    except EmsyncError:
        close()
        raise
