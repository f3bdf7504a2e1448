"""The MIDI systems (RtMidi calls them APIs) that python-rtmidi can reach on this machine.

python-rtmidi is optional: JACK and OSC do without it. It is loaded only here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, Literal

from bridge.midi.output import CLIENT
from engine.errors import EmsyncError

Kind = Literal["MidiIn", "MidiOut"]
"""The class of a port: to receive, or to send."""
INPUT: Kind = "MidiIn"
OUTPUT: Kind = "MidiOut"
_INSTEAD = {
    OUTPUT: "start JACK or use the backend vkb",
    INPUT: "start JACK and play to it, or follow REAPER's OSC",
}
"""What works where no MIDI system answers."""


def load_rtmidi() -> ModuleType:
    """The rtmidi module. Raises EmsyncError when python-rtmidi is not installed."""
    try:
        import rtmidi
    except ImportError as error:
        raise EmsyncError(
            "MIDI ports: python-rtmidi is not installed; pip install 'emsync-bridge[rtmidi]', "
            "or use JACK or REAPER's OSC, which do without it"
        ) from error
    return rtmidi


def jack_name() -> str:
    """RtMidi's name for JACK. Raises EmsyncError when python-rtmidi is not installed."""
    rtmidi = load_rtmidi()
    return str(rtmidi.get_api_display_name(rtmidi.API_UNIX_JACK))


def usable_apis(kind: Kind = OUTPUT) -> list[tuple[str, Any]]:
    """(name, unopened port) of each MIDI system that answers, the default one first.

    The caller deletes the ports. Raises EmsyncError when python-rtmidi is not installed.
    """
    rtmidi = load_rtmidi()
    found = []
    for api in rtmidi.get_compiled_api():
        if (port := _port(rtmidi, kind, api)) is not None:
            found.append((str(rtmidi.get_api_display_name(api)), port))
    return found


def default_api(kind: Kind = OUTPUT) -> tuple[str, Any]:
    """(name, unopened port) of the default MIDI system. The caller deletes the port.

    Raises EmsyncError when none answers, or python-rtmidi is not installed.
    """
    apis = usable_apis(kind)
    if not apis:
        raise EmsyncError(
            f"MIDI: no system answers here (neither ALSA nor a JACK server); {_INSTEAD[kind]}"
        )
    for _, port in apis[1:]:
        port.delete()
    return apis[0]


def port_names(kind: Kind = OUTPUT) -> list[str]:
    """The names of the ports that can be opened (``OUTPUT``: to send to), of every system.

    Raises EmsyncError when python-rtmidi is not installed.
    """
    names = []
    for _, port in usable_apis(kind):
        names += port.get_ports()
        port.delete()
    return names


def close_port(port: Any) -> None:
    """Close a port and delete it; otherwise its name stays taken."""
    port.close_port()
    port.delete()


def _port(rtmidi: ModuleType, kind: Kind, api: int) -> Any:
    try:
        with _stderr_silenced():
            return getattr(rtmidi, kind)(api, name=CLIENT)
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
