"""Ports that are there already: loopMIDI's, a synthesizer's, another program's."""

from __future__ import annotations

import re
from typing import Any

import rtmidi

from bridge.midi.routes import by_instrument
from bridge.midi.rtmidi_api import shut, usable
from bridge.midi.rtmidi_ports import Ports
from engine.errors import EmsyncError
from engine.score import Instrument

PATTERN = "emsync|loopmidi"
"""The ports taken where nobody says which."""


def open_existing(pattern: str | None = None, ports: str = "five") -> Ports:
    """The ports that match ``pattern``: one an instrument where the names say so and ``ports`` is
    ``"five"``, else the first of them with a channel an instrument.

    Raises EmsyncError when none matches or it can't be opened.
    """
    offered = usable()
    names = [name for _, port in offered for name in port.get_ports()]
    routes = {}
    try:
        routes = by_instrument(names, pattern or PATTERN)
        if ports == "one":
            routes = dict.fromkeys(Instrument, next(iter(routes.values())))
        opened = {name: _open(name) for name in dict.fromkeys(routes.values())}
    finally:
        for _, port in offered:
            port.delete()
    # RtMidi tells Windows' ports apart by a number that the way back has otherwise.
    seen = {i: re.sub(r" \d+$", "", name) for i, name in routes.items()}
    said = "five ports" if len(opened) > 1 else next(iter(opened))
    return Ports(f"existing {said}", {i: opened[name] for i, name in routes.items()}, seen)


def _open(name: str) -> Any:
    found = None
    for _, port in usable():
        names = port.get_ports()
        if found is None and name in names:
            try:
                port.open_port(names.index(name), "emsync")
                found = port
                continue
            except rtmidi.RtMidiError as error:
                shut(port)
                raise EmsyncError(
                    f"{name}: can't be opened ({error}); close the program that holds it"
                ) from error
        port.delete()
    if found is None:
        raise EmsyncError(f"{name}: has gone; connect it and try again")
    return found
