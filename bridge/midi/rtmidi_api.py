"""The MIDI systems (RtMidi calls them APIs) that python-rtmidi can reach on this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import rtmidi

from engine.errors import EmsyncError

CLIENT = "emsync"
JACK = str(rtmidi.get_api_display_name(rtmidi.API_UNIX_JACK))
"""RtMidi's name for JACK."""


def usable_apis(kind: type = rtmidi.MidiOut) -> list[tuple[str, Any]]:
    """(name, unopened port) of each MIDI system that answers, the default one first.

    kind: ``rtmidi.MidiOut`` or ``rtmidi.MidiIn``. The caller deletes the ports.
    """
    found = []
    for api in rtmidi.get_compiled_api():
        if (port := _port(kind, api)) is not None:
            found.append((str(rtmidi.get_api_display_name(api)), port))
    return found


def default_api(kind: type = rtmidi.MidiOut) -> tuple[str, Any]:
    """(name, unopened port) of the default MIDI system. The caller deletes the port.

    Raises EmsyncError when none answers.
    """
    apis = usable_apis(kind)
    if not apis:
        raise EmsyncError(
            "MIDI: no system answers here (neither ALSA nor a JACK server); start JACK or use "
            "the backend vkb"
        )
    for _, port in apis[1:]:
        port.delete()
    return apis[0]


def port_names(kind: type = rtmidi.MidiOut) -> list[str]:
    """The names of the ports that can be opened (``MidiOut``: to send to), of every system."""
    names = []
    for _, port in usable_apis(kind):
        names += port.get_ports()
        port.delete()
    return names


def close_port(port: Any) -> None:
    """Close a port and delete it; otherwise its name stays taken."""
    port.close_port()
    port.delete()


def _port(kind: type, api: int) -> Any:
    try:
        with _stderr_silenced():
            return kind(api, name=CLIENT)
    except rtmidi.RtMidiError:
        return None


@contextmanager
def _stderr_silenced() -> Iterator[None]:
    """Within this the process has no stderr: libasound and libjack complain there on failure."""
    kept = os.dup(2)
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(null)
        os.close(kept)
