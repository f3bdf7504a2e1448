"""What a DAW would hear: five JACK MIDI inputs that connect to emsync's outputs wherever these
appear, and print a line ``instrument seconds hex`` for each event; seconds are frames by the rate.

With the word ``passive`` it connects to nothing by itself. On the line ``let go`` it connects to
nothing any more, on ``connect`` it does again; it says ``ready`` when that is done, and at the
beginning. On ``end`` it ends.
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
    heard: deque[str] = deque()
    orders: SimpleQueue[str] = SimpleQueue()
    connects = False

    def process(frames: int) -> None:
        start = client.last_frame_time
        for part, port in ports.items():
            for offset, message in port.incoming_midi_events():
                seconds = (start + offset) / client.samplerate
                heard.append(f"{part} {seconds:.6f} {bytes(message).hex()}\n")

    def listen() -> None:
        for line in sys.stdin:
            orders.put(line.strip())
        orders.put("end")

    client.set_process_callback(process)
    client.activate()
    threading.Thread(target=listen, daemon=True).start()
    time.sleep(0.3)
    orders.put("let go" if "passive" in sys.argv else "connect")
    try:
        while (order := next_order(orders)) != "end":
            if order:
                connects = order == "connect"
            if connects:
                connect(client, ports)
            elif order:
                let_go(client, ports)
            if order:
                sys.stdout.write("ready\n")
            while heard:
                sys.stdout.write(heard.popleft())
            sys.stdout.flush()
            time.sleep(0.01)
    finally:
        client.deactivate()
        client.close()
    sys.stdout.writelines(heard)
    sys.stdout.flush()


def next_order(orders: SimpleQueue[str]) -> str:
    """What is to be done; nothing, mostly."""
    return "" if orders.empty() else orders.get()


def let_go(client: jack.Client, ports: dict[str, jack.OwnMidiPort]) -> None:
    """Disconnect, and come back when that is so for the server, too."""
    for port in ports.values():
        port.disconnect()
    while any(port.number_of_connections for port in ports.values()):
        time.sleep(0.001)
    time.sleep(0.03)


def connect(client: jack.Client, ports: dict[str, jack.OwnMidiPort]) -> None:
    """Connect to what emsync has; it may vanish at any moment."""
    with suppress(jack.JackError, ValueError):
        for source in client.get_ports("^emsync", is_midi=True, is_output=True):
            name = source.name.rpartition(":")[2].removeprefix("emsync ")
            port = ports[NAMES.get(name, name)]
            if not port.is_connected_to(source):
                port.connect(source)


if __name__ == "__main__":
    main()
