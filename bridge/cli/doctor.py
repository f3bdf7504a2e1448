"""``emsync doctor``: what works here, what doesn't, and what to do about it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import replace

from bridge.cli.live_options import output_arguments, output_config
from bridge.doctor import machine, ports, sound
from bridge.doctor.experts import experts
from bridge.doctor.finding import Finding
from bridge.doctor.round_trip import round_trip
from bridge.midi.backends import OutputConfig
from bridge.server.client import Client
from bridge.state import state_folder
from engine.errors import EmsyncError


def arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    output_arguments(parser)


def run(args: Namespace) -> None:
    """Print a line a check; raises EmsyncError when any fails."""
    failing = 0
    for finding in findings(replace(output_config(args), guarded=False)):
        print(finding, flush=True)
        failing += finding.verdict == "failing"
    if failing:
        raise EmsyncError(f"{failing} of these fail; the arrows say what to do")


def findings(wished: OutputConfig) -> Iterator[Finding]:
    """All that is looked at, one after another."""
    folder = state_folder()
    yield machine.runtime()
    yield machine.model()
    yield from experts()
    yield sound.synthesizer()
    yield sound.soundfont()
    yield machine.disk(folder)
    yield machine.server(lambda: Client(folder).ask("GET", "/state"))
    yield ports.jack()
    if (alsa := ports.alsa()) is not None:
        yield alsa
    yield ports.midi_systems()
    yield from ports.chosen_output(wished, folder)
    yield round_trip(wished, folder)
