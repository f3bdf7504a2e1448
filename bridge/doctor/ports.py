"""Checks of the MIDI systems and outputs of this machine."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from bridge.doctor.finding import Finding
from bridge.midi.backends import OutputConfig, open_output
from bridge.midi.jack_client import open_client
from bridge.midi.null import NullSink
from bridge.midi.rtmidi_api import port_names, usable_apis
from bridge.midi.scheduler import ScheduledOutput
from bridge.midi.vkb import VirtualKeyboard
from engine.errors import EmsyncError

ALSA_SEQUENCER = Path("/dev/snd/seq")


def jack() -> Finding:
    """Whether a JACK server runs, and how."""
    try:
        client = open_client("emsync-doctor")
    except EmsyncError as error:
        text, _, remedy = str(error).partition("; ")
        return Finding("JACK", "absent", text.removeprefix("JACK: "), remedy)
    period, rate = client.blocksize, client.samplerate
    client.close()
    text = f"runs at {rate} Hz, period {period} ({1000 * period / rate:.1f} ms)"
    return Finding("JACK", "ok", text)


def alsa() -> Finding | None:
    """Whether ALSA's sequencer exists; None on systems other than Linux."""
    if not sys.platform.startswith("linux"):
        return None
    if ALSA_SEQUENCER.exists():
        return Finding("ALSA", "ok", f"{ALSA_SEQUENCER} exists")
    return Finding(
        "ALSA",
        "absent",
        f"{ALSA_SEQUENCER} does not exist",
        "modprobe snd-seq, as root; or use JACK",
    )


def midi_systems() -> Finding:
    """Which MIDI systems python-rtmidi reaches, and the ports to play to."""
    try:
        found = usable_apis()
    except EmsyncError as error:
        text, _, remedy = str(error).partition("; ")
        return Finding("MIDI ports", "absent", text.removeprefix("MIDI ports: "), remedy)
    for _, port in found:
        port.delete()
    if not found:
        return Finding(
            "MIDI ports", "absent", "no MIDI system answers", "start JACK, or use --backend vkb"
        )
    names = ", ".join(port_names()) or "none"
    return Finding(
        "MIDI ports", "ok", f"{', '.join(name for name, _ in found)}; there are: {names}"
    )


def chosen_output(output_config: OutputConfig, folder: Path) -> Iterator[Finding]:
    """Which output is chosen, why, and what to set up for it in the DAW."""
    try:
        output, why = open_output(output_config, folder)
    except EmsyncError as error:
        text, _, remedy = str(error).partition("; ")
        yield Finding("output", "failing", text, remedy)
        return
    output.close()
    yield Finding("output", "ok", why)
    if isinstance(output, ScheduledOutput) and isinstance(output.sink, NullSink):
        return
    if isinstance(output, ScheduledOutput) and isinstance(output.sink, VirtualKeyboard):
        text = (
            "Preferences > Control/OSC/web > Add > OSC, Local listen port "
            f"{output_config.port}; a track for each channel, input Virtual MIDI Keyboard"
        )
    else:
        text = "Preferences > MIDI Inputs, enable emsync's (Reset all MIDI devices shows new ones)"
    yield Finding("in REAPER", "ok", f"{text}; other DAWs: docs/live.md")
