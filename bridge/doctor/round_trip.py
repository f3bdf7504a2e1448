"""A note goes out of a real port; does it come back, and when?"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rtmidi

from bridge.doctor.finding import Finding
from bridge.midi.backends import OutputConfig, open_output
from bridge.midi.frames import FrameClock
from bridge.midi.jack import JackOutput, open_client
from bridge.midi.messages import note_off, note_on
from bridge.midi.output import Output
from bridge.midi.rtmidi_api import shut, usable
from bridge.midi.rtmidi_ports import Ports
from bridge.midi.scheduler import ScheduledOutput
from engine.errors import EmsyncError
from engine.score import Instrument

NOTES = 40
SPACING = 0.02
PITCH, VELOCITY = 24, 1
"""Low and soft, for a DAW may be listening."""
GRACE = 0.3
_PART = Instrument.BASS

Heard = Callable[[bytes, float], object]


@dataclass(frozen=True, slots=True)
class Trip:
    """How many of ``sent`` notes came back, ``latency`` (their median delay) and ``jitter`` (what
    the slowest of a hundred adds to it), in seconds."""

    sent: int
    returned: int
    latency: float
    jitter: float


def round_trip(output_config: OutputConfig, folder: Path) -> Finding:
    """The check."""
    try:
        output, _ = open_output(output_config, folder)
    except EmsyncError as error:
        return Finding("round trip", "failing", "no output to try", str(error))
    try:
        with listener(output, _PART) as attach:
            if attach is None:
                return Finding(
                    "round trip", "absent", f"{output.name} leads nowhere that can be heard here",
                    "play, and watch the DAW's meters: emsync play FILE.mid",
                )  # fmt: skip
            trip = measure(output, attach)
    except EmsyncError as error:
        return Finding("round trip", "failing", str(error), "mend that, then ask the doctor again")
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


def measure(output: Output, attach: Callable[[Heard], None]) -> Trip:
    """Send notes and hear when they come back."""
    arrivals: list[float] = []

    def heard(message: bytes, when: float) -> None:
        if message == note_on(_PART, PITCH, VELOCITY):
            arrivals.append(when)

    attach(heard)
    begin = time.monotonic() + output.lead + 0.05
    moments = [begin + SPACING * i for i in range(NOTES)]
    for moment in moments:
        output.send(moment, _PART, note_on(_PART, PITCH, VELOCITY))
        output.send(moment + SPACING / 2, _PART, note_off(_PART, PITCH))
    time.sleep(moments[-1] - time.monotonic() + output.latency + GRACE)
    if len(arrivals) != NOTES:
        return Trip(NOTES, len(arrivals), float("nan"), float("nan"))
    delays = np.array(arrivals) - np.array(moments) - output.latency
    median = float(np.median(delays))
    return Trip(NOTES, NOTES, median, float(np.quantile(delays, 0.99)) - median)


@contextmanager
def listener(output: Output, part: Instrument) -> Iterator[Callable[[Heard], None] | None]:
    """What an output sends of a part, heard with its moment: a function that takes who hears it;
    None where nothing can."""
    if isinstance(output, JackOutput):
        with _jack_listener(output.port_name(part), output.clock) as attach:
            yield attach
    elif isinstance(output, ScheduledOutput) and isinstance(output.sink, Ports):
        with _rtmidi_listener(output.sink.names[part]) as found:
            yield found
    else:
        yield None


@contextmanager
def _jack_listener(port: str, clock: FrameClock) -> Iterator[Callable[[Heard], None]]:
    """A client of its own at ``port``: what arrives, with the moment of its frame."""
    client = open_client("emsync-doctor")
    try:
        here = client.midi_inports.register("in")
        hearers: list[Heard] = []

        def process(frames: int) -> None:
            start = clock.moment_of(client.last_frame_time)
            for offset, message in here.incoming_midi_events():
                for heard in hearers:
                    heard(bytes(message), start + offset / client.samplerate)

        client.set_process_callback(process)
        client.activate()
        client.connect(port, here)
        yield hearers.append
    finally:
        client.deactivate()
        client.close()


@contextmanager
def _rtmidi_listener(name: str) -> Iterator[Callable[[Heard], None] | None]:
    """The input port that ``name`` comes back as, if there is one."""
    chosen = None
    for _, port in usable(rtmidi.MidiIn):
        names = port.get_ports()
        back = [index for index, there in enumerate(names) if name in there]
        if back and chosen is None:
            chosen = port
            chosen.open_port(back[-1], "emsync doctor")
        else:
            port.delete()
    if chosen is None:
        yield None
        return

    def attach(heard: Heard) -> None:
        chosen.set_callback(lambda event, _: heard(bytes(event[0]), time.monotonic()))

    try:
        yield attach
    finally:
        chosen.cancel_callback()
        shut(chosen)
