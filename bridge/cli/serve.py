"""``emsync serve``: the local server for scripts, DAWs and web pages."""

from __future__ import annotations

import asyncio
import logging
from argparse import ArgumentParser, Namespace
from pathlib import Path

from bridge.cli.live_options import (
    output_arguments,
    output_config,
    playback_arguments,
    playback_options,
    sync_arguments,
    sync_source,
)
from bridge.cli.options import network_arguments, network_options
from bridge.osc.sender import parse_target
from bridge.osc.specs import DEFAULT_IN, DEFAULT_OUT
from bridge.server.server import DEFAULT_PORT, Options, serve
from bridge.state import state_folder
from engine.errors import EmsyncError


def arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "--host", default="127.0.0.1", metavar="ADDRESS",
        help="listen at this address; beyond this machine it needs --videos (default: 127.0.0.1)",
    )  # fmt: skip
    parser.add_argument(
        "--port", type=int, default=DEFAULT_PORT, metavar="N",
        help=f"the port of HTTP and WebSocket; 0 for any free one (default: {DEFAULT_PORT})",
    )  # fmt: skip
    parser.add_argument(
        "--name", action="append", default=[], metavar="NAME",
        help="another name of this machine that clients may use; repeatable",
    )  # fmt: skip
    parser.add_argument(
        "--videos", type=Path, action="append", default=[], metavar="FOLDER",
        help="accept films from this folder only; repeatable (default: from anywhere)",
    )  # fmt: skip
    parser.add_argument(
        "--state", type=Path, default=state_folder(), metavar="FOLDER",
        help="keep jobs, their files and the token here (default: this user's state folder)",
    )  # fmt: skip
    parser.add_argument(
        "--osc-host", default="127.0.0.1", metavar="ADDRESS",
        help="receive OSC at this address (default: 127.0.0.1)",
    )  # fmt: skip
    parser.add_argument(
        "--osc-port", type=int, default=DEFAULT_IN, metavar="N",
        help=f"receive OSC at this UDP port (default: {DEFAULT_IN})",
    )  # fmt: skip
    parser.add_argument(
        "--osc-to", action="append", metavar="HOST:PORT",
        help=f"send OSC to this address; repeatable (default: 127.0.0.1:{DEFAULT_OUT})",
    )  # fmt: skip
    parser.add_argument("--no-osc", action="store_true", help="neither receive nor send OSC")
    parser.add_argument(
        "--exit-when-idle", type=float, metavar="MINUTES",
        help="end after this time without use (default: never)",
    )  # fmt: skip
    output_arguments(parser)
    sync_arguments(parser)
    playback_arguments(parser)
    network_arguments(parser)


def run(args: Namespace) -> None:
    """Serve until stopped."""
    # The OSC library warns of every malformed datagram, which could fill the disk.
    logging.basicConfig(level=logging.ERROR)
    for port in (args.port, args.osc_port):
        if not 0 <= port < 65536:
            raise EmsyncError(f"port {port}: give 0 to 65535")
    for option, address in (("--host", args.host), ("--osc-host", args.osc_host)):
        if not address:
            raise EmsyncError(f"{option} is empty; give an address, such as 127.0.0.1")
    if args.exit_when_idle is not None and not args.exit_when_idle > 0:
        raise EmsyncError(f"--exit-when-idle {args.exit_when_idle:g}: give more than 0 minutes")
    if args.no_osc and args.osc_to:
        raise EmsyncError("--no-osc and --osc-to: give one of them")
    targets = [] if args.no_osc else args.osc_to or [f"127.0.0.1:{DEFAULT_OUT}"]
    options = Options(
        folder=args.state,
        host=args.host,
        port=args.port,
        osc_host=args.osc_host,
        osc_port=None if args.no_osc else args.osc_port,
        targets=tuple(map(parse_target, targets)),
        videos=tuple(args.videos),
        names=tuple(args.name),
        network=network_options(args),
        output_config=output_config(args),
        sync_source=sync_source(args),
        playback_options=playback_options(args),
        idle=args.exit_when_idle,
    )
    asyncio.run(serve(options, lambda line: print(line, flush=True)))
