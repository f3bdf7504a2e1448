"""What a DAW would hear: five JACK MIDI inputs that connect to emsync's outputs wherever these
appear, and print a line ``instrument seconds hex`` for each event; seconds are frames by the rate.

With the word ``passive`` it connects to nothing by itself. On the line ``end`` it ends.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import deque
from contextlib import suppress

import jack

PARTS = ("bass", "drums", "guitar", "piano", "strings", "music")
NAMES = {"emsync": "music"}


def main() -> None:
    client = jack.Client("receiver", no_start_server=True)
    ports = {part: client.midi_inports.register(part) for part in PARTS}
    heard: deque[str] = deque()
    ended = threading.Event()

    def process(frames: int) -> None:
        start = client.last_frame_time
        for part, port in ports.items():
            for offset, message in port.incoming_midi_events():
                seconds = (start + offset) / client.samplerate
                heard.append(f"{part} {seconds:.6f} {bytes(message).hex()}\n")

    def wait_for_end() -> None:
        sys.stdin.readline()
        ended.set()

    client.set_process_callback(process)
    client.activate()
    threading.Thread(target=wait_for_end, daemon=True).start()
    time.sleep(0.3)
    print("ready", flush=True)
    try:
        while not ended.is_set():
            if "passive" not in sys.argv:
                connect(client, ports)
            while heard:
                sys.stdout.write(heard.popleft())
            sys.stdout.flush()
            time.sleep(0.01)
    finally:
        client.deactivate()
        client.close()
    sys.stdout.writelines(heard)
    sys.stdout.flush()


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
