"""MIDI input from JACK: each message with the moment of its own frame.

RtMidi's JACK ports must not be opened or closed while one of our process callbacks is active. They
hold Python's interpreter while they wait for the server's next cycle. The server waits for the
callback, and the callback waits for the interpreter: a deadlock until the server gives up.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from bridge.midi.frames import FrameClock
from bridge.midi.jack_client import activate, connect, open_client
from bridge.midi.routes import by_instrument
from engine.errors import EmsyncError

Receive = Callable[[bytes, float], None]
"""Takes a message and its moment of ``time.monotonic()``; called in JACK's thread."""


def open_jack_input(
    name: str, receive: Receive, pattern: str | None = None, clock: FrameClock | None = None
) -> Callable[[], None]:
    """Open the port ``name:in``; returns the function that closes it.

    pattern: connect the port to the first output port that matches. clock: another client's clock
    to use, so that both agree.

    Raises EmsyncError when no server runs, or no port matches or can be connected to.
    """
    client = open_client(name)
    port = client.midi_inports.register("in")
    own = FrameClock(client.samplerate)

    def process(frames: int) -> None:
        frame = client.last_frame_time
        start = own.observe(frame, time.monotonic())
        if clock is not None:
            start = clock.moment_of(frame)
        for offset, message in port.incoming_midi_events():
            receive(bytes(message), start + offset / client.samplerate)

    def close() -> None:
        client.deactivate()
        client.close()

    client.set_process_callback(process)
    try:
        activate(client)
        if pattern is not None:
            outputs = client.get_ports(is_midi=True, is_output=True)
            by_name = {output.name: output for output in outputs}
            source = next(iter(by_instrument(list(by_name), pattern).values()))
            connect(port, by_name[source])
    except EmsyncError as error:
        close()
        raise EmsyncError(f"MIDI input: {error}") from error
    return close
