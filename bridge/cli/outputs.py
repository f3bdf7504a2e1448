"""The options about the way out to the DAW, shared by all that plays."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from bridge.midi.choice import BACKENDS, Wish
from bridge.midi.vkb import HOST, PORT


def output_arguments(parser: ArgumentParser) -> None:
    """Add how to reach the DAW."""
    parser.add_argument(
        "--backend", choices=BACKENDS, default="auto", help="how MIDI goes out (default: auto)"
    )
    parser.add_argument(
        "--ports", choices=("five", "one"), default="five",
        help="five MIDI ports, or one with five channels (default: five)",
    )  # fmt: skip
    parser.add_argument("--pattern", metavar="REGEX", help="the ports to play to, by name")
    parser.add_argument(
        "--latency", type=float, default=0.0, metavar="SECONDS",
        help="send so much later, below 0 earlier (default: 0)",
    )  # fmt: skip
    parser.add_argument(
        "--reaper-host", default=HOST, metavar="NAME",
        help=f"vkb: the machine that REAPER runs on (default: {HOST})",
    )  # fmt: skip
    parser.add_argument(
        "--reaper-port", type=int, default=PORT, metavar="N",
        help=f"vkb: the port of REAPER's OSC control surface (default: {PORT})",
    )  # fmt: skip


def wish(args: Namespace) -> Wish:
    """How to reach the DAW."""
    return Wish(
        args.backend, args.ports, args.pattern, args.latency, args.reaper_host, args.reaper_port
    )
