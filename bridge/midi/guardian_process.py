"""The guardian's process: waits for the end of its input, and silences what was left sounding.

It opens its own output on the same route. With JACK it connects its ports to where the dead
process's ports led. JACK forgets that with the process, so it is noted here several times a second.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from bridge.midi.backends import OutputConfig, open_unguarded
from bridge.midi.guardian import DISMISSED
from bridge.midi.jack import JackOutput
from bridge.midi.jack_client import load, open_client
from bridge.midi.messages import note_off
from bridge.midi.output import Output
from engine.errors import EmsyncError
from engine.score import Instrument

POLL = 0.1
"""Seconds from one look at the connections to the next."""
LONGEST = 10.0
"""Seconds that the process outlives the one that it guards, at most."""
REPEATS, PAUSE = 6, 0.05
"""How often the notes are ended, and the seconds between: JACK may lose a cycle's events."""


def main(words: Sequence[str]) -> None:
    """Guard until the input ends. words: as :class:`~bridge.midi.guardian.Guardian` gives them."""
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    config, records, ports = OutputConfig(**json.loads(words[0])), Path(words[1]), words[2:]
    dismissed, ended = [b""], threading.Event()

    def read() -> None:
        dismissed[0] = sys.stdin.buffer.read(1)
        ended.set()
        # libjack may hang for ever when its server ends.
        time.sleep(LONGEST)
        os._exit(1)

    threading.Thread(target=read, daemon=True).start()
    led_to = _watch(ports, ended) if ports else {}
    ended.wait()
    if dismissed[0] != DISMISSED:
        with suppress(EmsyncError):
            silence(config, records, led_to)


def silence(config: OutputConfig, records: Path, led_to: dict[str, list[str]]) -> None:
    """End the notes that are recorded in ``records``.

    led_to: the ports that the dead process's JACK ports were connected to.

    Raises EmsyncError when the output can't be opened.
    """
    if config.backend == "jack" and not any(led_to.values()):
        return
    output, active_notes = open_unguarded(config, records)
    left = {i: active_notes.pitches(i) for i in Instrument}
    try:
        if isinstance(output, JackOutput):
            _connect(output, led_to)
        for _ in range(REPEATS):
            output.silence()
            _release(output, left)
            time.sleep(PAUSE)
    finally:
        output.close()


def _release(output: Output, left: dict[Instrument, set[int]]) -> None:
    when = time.monotonic() + output.lead
    for instrument, pitches in left.items():
        for pitch in sorted(pitches):
            output.send(when, instrument, note_off(instrument, pitch))


def _watch(ports: Sequence[str], ended: threading.Event) -> dict[str, list[str]]:
    """Where the ports were connected to when ``ended`` was set, or JACK stopped."""
    # JACK ends the connections of a dead process one by one, and its ports after them.
    looks: deque[dict[str, list[str]]] = deque(maxlen=5)
    try:
        client = open_client("emsync-guardian")
    except EmsyncError:
        return {}
    with suppress(load().JackError):
        while True:
            looks.append({port: _connections(client, port) for port in ports})
            if ended.wait(POLL):
                break
    with suppress(load().JackError):
        client.close()
    return {port: max((look[port] for look in looks), key=len, default=[]) for port in ports}


def _connections(client: Any, port: str) -> list[str]:
    return [other.name for other in client.get_all_connections(client.get_port_by_name(port))]


def _connect(output: JackOutput, led_to: dict[str, list[str]]) -> None:
    for name, others in led_to.items():
        for other in others:
            # The DAW may have gone meanwhile.
            with suppress(EmsyncError):
                output.connect(name.rpartition(":")[2], other)


if __name__ == "__main__":
    main(sys.argv[1:])
    # A thread still reads the input where JACK ended first.
    os._exit(0)
