"""MIDI in straight from JACK: each message with the moment of its own frame.

RtMidi's JACK ports must not be opened or closed while a process callback of ours is alive: they
hold Python's interpreter while they wait for the server's next cycle, and the server waits for the
callback, which waits for the interpreter; until the server gives up, nobody's music moves.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from bridge.midi.frames import FrameClock
from bridge.midi.jack import connect, join, open_client
from bridge.midi.routes import by_instrument
from engine.errors import EmsyncError

Heard = Callable[[bytes, float], None]
"""Takes a message and its moment of ``time.monotonic()``; in JACK's thread."""


def open_jack_input(
    name: str, heard: Heard, pattern: str | None = None, clock: FrameClock | None = None
) -> Callable[[], None]:
    """A port, ``name:in``; returns what closes it.

    pattern: connect it to the first output port that matches. clock: of another client, to agree
    with. Raises EmsyncError when no server runs, or no
    port matches or can be connected to.
    """
    client = open_client(name)
    here = client.midi_inports.register("in")
    own = FrameClock(client.samplerate)

    def process(frames: int) -> None:
        frame = client.last_frame_time
        start = own.observe(frame, time.monotonic())
        if clock is not None:
            start = clock.moment_of(frame)
        for offset, message in here.incoming_midi_events():
            heard(bytes(message), start + offset / client.samplerate)

    def close() -> None:
        client.deactivate()
        client.close()

    client.set_process_callback(process)
    try:
        join(client)
        if pattern is not None:
            offered = client.get_ports(is_midi=True, is_output=True)
            there = {port.name: port for port in offered}
            source = next(iter(by_instrument(list(there), pattern).values()))
            connect(here, there[source])
    except EmsyncError as error:
        close()
        raise EmsyncError(f"MIDI input: {error}") from error
    return close
