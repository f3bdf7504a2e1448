"""Ports of our own that a DAW lists among its inputs: ALSA, CoreMIDI, or JACK by way of rtmidi.

Windows has no such ports.
"""

from __future__ import annotations

import sys

import rtmidi

from bridge.midi.jack_watchdog import JackWatchdog
from bridge.midi.rtmidi_api import JACK, first, shut
from bridge.midi.rtmidi_ports import Ports
from engine.errors import EmsyncError
from engine.score import Instrument


def open_virtual(ports: str = "five") -> Ports:
    """``emsync bass`` ... or one port, ``emsync``.

    Raises EmsyncError where the system has no virtual ports.
    """
    if sys.platform == "win32":
        raise EmsyncError(
            "Windows has no virtual MIDI ports; install loopMIDI, add a port and use "
            "--backend existing, or use --backend vkb for REAPER"
        )
    names = [f"emsync {i.value}" for i in Instrument] if ports == "five" else ["emsync"]
    opened, watchdog = [], None
    try:
        for name in names:
            system, port = first()
            opened.append(port)
            port.open_virtual_port(name)
        if system == JACK:
            watchdog = JackWatchdog()
    except (EmsyncError, rtmidi.RtMidiError) as error:
        for port in opened:
            shut(port)
        raise EmsyncError(f"virtual MIDI ports can't be opened ({error})") from error
    each = range(len(Instrument)) if ports == "five" else [0] * len(Instrument)
    count = "five ports" if ports == "five" else "one port"
    return Ports(
        f"{system}, {count} of our own",
        {i: opened[row] for i, row in zip(Instrument, each, strict=True)},
        {i: names[row] for i, row in zip(Instrument, each, strict=True)},
        watchdog,
    )
