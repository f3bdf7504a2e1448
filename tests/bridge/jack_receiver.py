"""Receives MIDI in place of a DAW, through JACK inputs that connect to emsync's outputs.

It prints a line ``instrument seconds hex`` for each event; seconds are frames divided by the rate.
It reads orders, one a line: ``disconnect``, ``connect`` or ``end``. It prints ``ready`` at the
start and once an order is carried out. With the argument ``passive`` it starts disconnected.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import deque
from contextlib import suppress
from queue import SimpleQueue

import jack

PARTS = ("bass", "drums", "guitar", "piano", "strings", "music")
NAMES = {"emsync": "music"}


def main() -> None:
    client = jack.Client("receiver", no_start_server=True)
    ports = {part: client.midi_inports.register(part) for part in PARTS}
    received: deque[str] = deque()
    orders: SimpleQueue[str] = SimpleQueue()
    connects = False

    def process(frames: int) -> None:
        start = client.last_frame_time
        for part, port in ports.items():
            for offset, message in port.incoming_midi_events():
                seconds = (start + offset) / client.samplerate
                received.append(f"{part} {seconds:.6f} {bytes(message).hex()}\n")

    def listen() -> None:
        for line in sys.stdin:
            orders.put(line.strip())
        orders.put("end")

    client.set_process_callback(process)
    client.activate()
    threading.Thread(target=listen, daemon=True).start()
    time.sleep(0.3)
    orders.put("disconnect" if "passive" in sys.argv else "connect")
    try:
        while (order := next_order(orders)) != "end":
            if order:
                connects = order == "connect"
            if connects:
                connect(client, ports)
            elif order:
                disconnect(ports)
            if order:
                sys.stdout.write("ready\n")
            while received:
                sys.stdout.write(received.popleft())
            sys.stdout.flush()
            time.sleep(0.01)
    finally:
        client.deactivate()
        client.close()
    sys.stdout.writelines(received)
    sys.stdout.flush()


def next_order(orders: SimpleQueue[str]) -> str:
    """The next order, or an empty string."""
    return "" if orders.empty() else orders.get()


def disconnect(ports: dict[str, jack.OwnMidiPort]) -> None:
    """Disconnect, and return once the server has done it."""
    for port in ports.values():
        port.disconnect()
    while any(port.number_of_connections for port in ports.values()):
        time.sleep(0.001)
    time.sleep(0.03)


def connect(client: jack.Client, ports: dict[str, jack.OwnMidiPort]) -> None:
    """Connect to emsync's outputs; they may disappear at any moment."""
    with suppress(jack.JackError, ValueError):
        for source in client.get_ports("^emsync", is_midi=True, is_output=True):
            name = source.name.rpartition(":")[2].removeprefix("emsync ")
            port = ports[NAMES.get(name, name)]
            if not port.is_connected_to(source):
                port.connect(source)


if __name__ == "__main__":
    main()
