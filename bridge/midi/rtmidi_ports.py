"""Ports opened through python-rtmidi, as a sink: ports that exist already, or virtual ones.

A DAW lists virtual ports among its inputs. They are ports of ALSA, CoreMIDI or JACK; Windows has
none. Ports that exist already are those of loopMIDI, of a synthesizer or of another program.
"""

from __future__ import annotations

import re
import sys
from typing import Any

from bridge.midi.jack_watchdog import JackWatchdog
from bridge.midi.routes import by_instrument
from bridge.midi.rtmidi_api import close_port, default_api, jack_name, load_rtmidi, usable_apis
from engine.errors import EmsyncError
from engine.score import Instrument

PATTERN = "emsync|loopmidi"
"""The default pattern of names, a regular expression, for ports that exist already."""


class RtmidiSink:
    """Sends each message to its instrument's port at once."""

    def __init__(
        self,
        name: str,
        ports: dict[Instrument, Any],
        port_names: dict[Instrument, str],
        watchdog: JackWatchdog | None = None,
    ) -> None:
        """ports: open ones; instruments may share one. port_names: as other programs see them.
        watchdog: of the JACK server, where these are JACK ports."""
        self.name, self.port_names = name, port_names
        self._ports, self._watchdog = ports, watchdog

    def emit(self, instrument: Instrument, message: bytes) -> None:
        """Send now.

        Raises EmsyncError when the port is gone, or the JACK server stalls.
        """
        if self._watchdog is not None:
            self._watchdog.check()
        try:
            self._ports[instrument].send_message(message)
        except load_rtmidi().RtMidiError as error:
            raise EmsyncError(
                f"{self.name}: the port is gone ({error}); connect it, then play again"
            ) from error

    def close(self) -> None:
        """Close the ports."""
        for port in {id(port): port for port in self._ports.values()}.values():
            close_port(port)
        if self._watchdog is not None:
            self._watchdog.close()


def open_virtual(ports: str = "five") -> RtmidiSink:
    """Open virtual ports: ``emsync bass`` and four more, or with ``"one"`` only ``emsync``.

    Raises EmsyncError where the system has no virtual ports, or python-rtmidi is not installed.
    """
    if sys.platform == "win32":
        raise EmsyncError(
            "Windows has no virtual MIDI ports; install loopMIDI, add a port and use the "
            "backend existing, or use the backend vkb for REAPER"
        )
    rtmidi = load_rtmidi()
    names = [f"emsync {i.value}" for i in Instrument] if ports == "five" else ["emsync"]
    opened, watchdog = [], None
    try:
        for name in names:
            api, port = default_api()
            opened.append(port)
            port.open_virtual_port(name)
        if api == jack_name():
            watchdog = JackWatchdog()
    except (EmsyncError, rtmidi.RtMidiError) as error:
        for port in opened:
            close_port(port)
        raise EmsyncError(f"virtual MIDI ports can't be opened ({error})") from error
    rows = range(len(Instrument)) if ports == "five" else [0] * len(Instrument)
    count = "five virtual ports" if ports == "five" else "one virtual port"
    return RtmidiSink(
        f"{api}, {count}",
        {i: opened[row] for i, row in zip(Instrument, rows, strict=True)},
        {i: names[row] for i, row in zip(Instrument, rows, strict=True)},
        watchdog,
    )


def open_existing(pattern: str | None = None, ports: str = "five") -> RtmidiSink:
    """Open the ports that match ``pattern`` (default: :data:`PATTERN`).

    Each instrument gets its own port where ``ports`` is ``"five"`` and the names say whose is
    whose. Otherwise all use the first port, each on its own channel.

    Raises EmsyncError when no port matches, one can't be opened, or python-rtmidi is not installed.
    """
    apis = usable_apis()
    available = [name for _, port in apis for name in port.get_ports()]
    try:
        routes = by_instrument(available, pattern or PATTERN)
        if ports == "one":
            routes = dict.fromkeys(Instrument, next(iter(routes.values())))
        opened = {name: _open(name) for name in dict.fromkeys(routes.values())}
    finally:
        for _, port in apis:
            port.delete()
    # RtMidi appends a number to the names of Windows' ports, and the input has another number.
    seen_as = {i: re.sub(r" \d+$", "", name) for i, name in routes.items()}
    label = "five ports" if len(opened) > 1 else next(iter(opened))
    return RtmidiSink(f"existing {label}", {i: opened[name] for i, name in routes.items()}, seen_as)


def _open(name: str) -> Any:
    found = None
    for _, port in usable_apis():
        names = port.get_ports()
        if found is None and name in names:
            try:
                port.open_port(names.index(name), "emsync")
                found = port
                continue
            except load_rtmidi().RtMidiError as error:
                close_port(port)
                raise EmsyncError(
                    f"{name}: can't be opened ({error}); close the program that holds it"
                ) from error
        port.delete()
    if found is None:
        raise EmsyncError(f"{name}: has gone; connect it and try again")
    return found
