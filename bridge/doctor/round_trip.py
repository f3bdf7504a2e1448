"""Measures when notes that are sent to a real port come back from it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bridge.doctor.finding import Finding
from bridge.midi.backends import OutputConfig, open_output
from bridge.midi.frames import FrameClock
from bridge.midi.jack import JackOutput
from bridge.midi.jack_client import open_client
from bridge.midi.messages import note_off, note_on
from bridge.midi.output import Output
from bridge.midi.rtmidi_api import INPUT, close_port, usable_apis
from bridge.midi.rtmidi_ports import RtmidiSink
from bridge.midi.scheduler import ScheduledOutput
from engine.errors import EmsyncError
from engine.score import Instrument

NOTES = 40
SPACING = 0.02
"""Seconds between two notes."""
PITCH, VELOCITY = 24, 1
"""Low and soft, since a DAW may be listening."""
GRACE = 0.3
"""Seconds to wait for the last note."""
_PART = Instrument.BASS

Receive = Callable[[bytes, float], object]
"""Takes a message and its moment of ``time.monotonic()``."""


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """sent, returned: numbers of notes. latency: the median delay in seconds. jitter: the 99th
    percentile of the delay minus the median, in seconds."""

    sent: int
    returned: int
    latency: float
    jitter: float


def round_trip(output_config: OutputConfig, folder: Path) -> Finding:
    """Check that notes come back from the output."""
    try:
        output, _ = open_output(output_config, folder)
    except EmsyncError as error:
        return Finding("round trip", "failing", "no output can be opened", str(error))
    try:
        with listener(output, _PART) as attach:
            if attach is None:
                return Finding(
                    "round trip", "absent", f"nothing on this machine can listen to {output.name}",
                    "play, and watch the DAW's meters: emsync play FILE.mid",
                )  # fmt: skip
            trip = measure(output, attach)
    except EmsyncError as error:
        return Finding(
            "round trip", "failing", str(error), "fix that, then run emsync doctor again"
        )
    finally:
        output.close()
    text = (
        f"{trip.returned} of {trip.sent} notes came back, latency {1000 * trip.latency:.2f} ms, "
        f"jitter {1000 * trip.jitter:.2f} ms"
    )
    if trip.returned < trip.sent:
        return Finding(
            "round trip", "failing", text, "close other programs; with JACK use a longer period"
        )
    return Finding("round trip", "ok", text)


def measure(output: Output, attach: Callable[[Receive], None]) -> RoundTrip:
    """Send notes and measure when they come back; ``attach`` starts the reception."""
    arrivals: list[float] = []

    def receive(message: bytes, when: float) -> None:
        if message == note_on(_PART, PITCH, VELOCITY):
            arrivals.append(when)

    attach(receive)
    begin = time.monotonic() + output.lead + 0.05
    moments = [begin + SPACING * i for i in range(NOTES)]
    for moment in moments:
        output.send(moment, _PART, note_on(_PART, PITCH, VELOCITY))
        output.send(moment + SPACING / 2, _PART, note_off(_PART, PITCH))
    time.sleep(moments[-1] - time.monotonic() + output.latency + GRACE)
    if len(arrivals) != NOTES:
        return RoundTrip(NOTES, len(arrivals), float("nan"), float("nan"))
    delays = np.array(arrivals) - np.array(moments) - output.latency
    median = float(np.median(delays))
    return RoundTrip(NOTES, NOTES, median, float(np.quantile(delays, 0.99)) - median)


@contextmanager
def listener(output: Output, part: Instrument) -> Iterator[Callable[[Receive], None] | None]:
    """Listen to a part of an output. Yields a function that attaches a receiver.

    Yields None where nothing can listen to the output.
    """
    if isinstance(output, JackOutput):
        with _jack_listener(output.port_name(part), output.clock) as attach:
            yield attach
    elif isinstance(output, ScheduledOutput) and isinstance(output.sink, RtmidiSink):
        with _rtmidi_listener(output.sink.port_names[part]) as found:
            yield found
    else:
        yield None


@contextmanager
def _jack_listener(port: str, clock: FrameClock) -> Iterator[Callable[[Receive], None]]:
    """Listen to ``port`` with a new client; each message has the moment of its frame."""
    client = open_client("emsync-doctor")
    try:
        inport = client.midi_inports.register("in")
        receivers: list[Receive] = []

        def process(frames: int) -> None:
            start = clock.moment_of(client.last_frame_time)
            for offset, message in inport.incoming_midi_events():
                for receive in receivers:
                    receive(bytes(message), start + offset / client.samplerate)

        client.set_process_callback(process)
        client.activate()
        client.connect(port, inport)
        yield receivers.append
    finally:
        client.deactivate()
        client.close()


@contextmanager
def _rtmidi_listener(name: str) -> Iterator[Callable[[Receive], None] | None]:
    """Listen to the input port that mirrors the output port ``name``; yields None without one."""
    chosen = None
    for _, port in usable_apis(INPUT):
        names = port.get_ports()
        matching = [index for index, full_name in enumerate(names) if name in full_name]
        if matching and chosen is None:
            chosen = port
            chosen.open_port(matching[-1], "emsync doctor")
        else:
            port.delete()
    if chosen is None:
        yield None
        return

    def attach(receive: Receive) -> None:
        chosen.set_callback(lambda event, _: receive(bytes(event[0]), time.monotonic()))

    try:
        yield attach
    finally:
        chosen.cancel_callback()
        close_port(chosen)
