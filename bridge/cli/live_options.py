"""Options of live playback that several commands share, and what they lead to."""

from __future__ import annotations

import warnings
from argparse import ArgumentParser, Namespace

from bridge.cli.options import former
from bridge.midi.backends import BACKENDS, OutputConfig
from bridge.midi.vkb import HOST, PORT
from bridge.play.follow.inputs import REAPER_PORT
from bridge.play.follow.sync_source import FRAME_RATES, TRANSPORTS, SyncSource
from bridge.play.options import PlaybackOptions
from bridge.play.velocity import Dynamics
from engine.errors import EmsyncError
from engine.timecode import parse_time


def output_arguments(parser: ArgumentParser) -> None:
    """Add how to reach the DAW."""
    parser.add_argument(
        "--backend", choices=BACKENDS, default="auto", help="how MIDI goes out (default: auto)"
    )
    parser.add_argument(
        "--ports", choices=("five", "one"), default="five",
        help="five MIDI ports, or one with five channels (default: five)",
    )  # fmt: skip
    parser.add_argument("--pattern", metavar="REGEX", help="play to the ports with such names")
    parser.add_argument(
        "--latency", type=float, default=0.0, metavar="SECONDS",
        help="send later by this much; below 0 earlier (default: 0)",
    )  # fmt: skip
    parser.add_argument(
        "--reaper-host", default=HOST, metavar="NAME",
        help=f"vkb: the machine that REAPER runs on (default: {HOST})",
    )  # fmt: skip
    parser.add_argument(
        "--reaper-port", type=int, default=PORT, metavar="N",
        help=f"vkb: the port of REAPER's OSC control surface (default: {PORT})",
    )  # fmt: skip


def output_config(args: Namespace) -> OutputConfig:
    """How to reach the DAW. Raises EmsyncError for a value out of range."""
    return OutputConfig(
        args.backend, args.ports, args.pattern, args.latency, args.reaper_host, args.reaper_port,
        guarded=True,
    )  # fmt: skip


def sync_arguments(parser: ArgumentParser) -> None:
    """Add whose transport to follow."""
    parser.add_argument(
        "--follow", choices=TRANSPORTS,
        help="follow the DAW's transport: MIDI Time Code, MIDI clock, JACK transport, REAPER's OSC",
    )  # fmt: skip
    parser.add_argument(
        "--follow-port", metavar="NAME|N",
        help="the MIDI input to follow (default: our own, 'emsync sync'); REAPER: the UDP port "
        f"(default: {REAPER_PORT})",
    )  # fmt: skip
    parser.add_argument(
        "--offset", type=parse_time, metavar="T",
        help="where in the DAW's time the film begins (default: 0)",
    )  # fmt: skip
    parser.add_argument(
        "--follow-rate", type=float, choices=FRAME_RATES, metavar="FPS",
        help="frames a second of MIDI Time Code: 23.976, 24, 25, 29.97 or 30; time code itself "
        "does not tell 23.976 from 24 (default: the film's)",
    )  # fmt: skip


def sync_source(args: Namespace) -> SyncSource | None:
    """Whose transport to follow; None for nobody's. Raises EmsyncError."""
    if args.follow is None:
        if any(given is not None for given in (args.follow_port, args.offset, args.follow_rate)):
            raise EmsyncError("--follow-port, --follow-rate and --offset go with --follow")
        return None
    return SyncSource(args.follow, args.follow_port, args.offset or 0.0, args.follow_rate)


def playback_arguments(parser: ArgumentParser) -> None:
    """Add how pieces are played."""
    usual = Dynamics()
    parser.add_argument(
        "--programs", action="store_true", help="send General MIDI programs and track names first"
    )
    parser.add_argument(
        "--velocity", type=int, default=usual.base, metavar="N",
        help="the velocity of plain notes in a flat score; a score with dynamics moves by as much "
        f"(default: {usual.base})",
    )  # fmt: skip
    parser.add_argument(
        "--boost", type=int, default=usual.boost, metavar="N",
        help="what the chords of boundaries add in a flat score; a score with dynamics moves by "
        f"as much (default: {usual.boost})",
    )  # fmt: skip
    former(parser, "--human", "human", type=float)
    parser.add_argument(
        "--expression", action="store_true",
        help="send swells of the strings (CC 11) and the piano's pedal (CC 64), unless the score "
        "has its own",
    )  # fmt: skip


def playback_options(args: Namespace) -> PlaybackOptions:
    """How pieces are played. Raises EmsyncError for a value out of range."""
    if args.human is not None:
        warnings.warn(
            "--human has no effect any more; scores have dynamics of their own (emsync score "
            "--dynamics)",
            stacklevel=2,
        )
    dynamics = Dynamics(args.velocity, args.boost)
    return PlaybackOptions(dynamics, args.expression, args.programs)
