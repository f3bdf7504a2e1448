"""The MIDI systems that python-rtmidi can reach on this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import rtmidi

from engine.errors import EmsyncError

CLIENT = "emsync"
JACK = str(rtmidi.get_api_display_name(rtmidi.API_UNIX_JACK))
"""How RtMidi calls JACK."""


def usable(kind: type = rtmidi.MidiOut) -> list[tuple[str, Any]]:
    """(name, a port not yet opened) of each system that answers, the usual one first.

    kind: ``rtmidi.MidiOut`` or ``rtmidi.MidiIn``. Whoever calls deletes the ports.
    """
    found = []
    for api in rtmidi.get_compiled_api():
        if (port := _port(kind, api)) is not None:
            found.append((str(rtmidi.get_api_display_name(api)), port))
    return found


def first(kind: type = rtmidi.MidiOut) -> tuple[str, Any]:
    """The usual system's name and a port of it, not yet opened.

    Raises EmsyncError when none answers.
    """
    systems = usable(kind)
    if not systems:
        raise EmsyncError(
            "MIDI: no system answers here (neither ALSA nor a JACK server); start JACK or use "
            "--backend vkb"
        )
    for _, port in systems[1:]:
        port.delete()
    return systems[0]


def port_names(kind: type = rtmidi.MidiOut) -> list[str]:
    """The names of the ports that can be opened (``MidiOut``: to send to), of every system."""
    names = []
    for _, port in usable(kind):
        names += port.get_ports()
        port.delete()
    return names


def _port(kind: type, api: int) -> Any:
    try:
        with _hushed():
            return kind(api, name=CLIENT)
    except rtmidi.RtMidiError:
        return None


@contextmanager
def _hushed() -> Iterator[None]:
    """The error stream leads nowhere: libasound and libjack complain there before they fail."""
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(nowhere)
        os.close(kept)


def shut(port: Any) -> None:
    """Close a port and let go of it; its name stays taken otherwise."""
    port.close_port()
    port.delete()
