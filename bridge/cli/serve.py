"""``emsync serve``: the server that scripts, DAWs and pages talk to."""

from __future__ import annotations

import asyncio
import logging
from argparse import ArgumentParser, Namespace
from pathlib import Path

from bridge.cli.options import (
    following_arguments,
    output_arguments,
    output_config,
    playback_arguments,
    playback_options,
    sync_source,
)
from bridge.osc.sender import parse_target
from bridge.osc.specs import DEFAULT_IN, DEFAULT_OUT
from bridge.server.server import DEFAULT_PORT, Options, serve
from bridge.server.worker import Means
from bridge.state import state_folder
from engine.errors import EmsyncError


def arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "--host", default="127.0.0.1", metavar="ADDRESS",
        help="listen here; beyond this machine it needs --videos (default: 127.0.0.1)",
    )  # fmt: skip
    parser.add_argument(
        "--port", type=int, default=DEFAULT_PORT, metavar="N",
        help=f"of HTTP and WebSocket; 0: any that is free (default: {DEFAULT_PORT})",
    )  # fmt: skip
    parser.add_argument(
        "--name", action="append", default=[], metavar="NAME",
        help="a name by which clients call this machine, beside its addresses; repeatable",
    )  # fmt: skip
    parser.add_argument(
        "--videos", type=Path, action="append", default=[], metavar="FOLDER",
        help="films may only come from here; repeatable (default: from anywhere)",
    )  # fmt: skip
    parser.add_argument(
        "--state", type=Path, default=state_folder(), metavar="FOLDER",
        help="where jobs, pieces and the token are kept (default: this user's state folder)",
    )  # fmt: skip
    parser.add_argument(
        "--osc-host", default="127.0.0.1", metavar="ADDRESS",
        help="hear OSC here (default: 127.0.0.1)",
    )  # fmt: skip
    parser.add_argument(
        "--osc-port", type=int, default=DEFAULT_IN, metavar="N",
        help=f"hear OSC at this UDP port (default: {DEFAULT_IN})",
    )  # fmt: skip
    parser.add_argument(
        "--osc-to", action="append", metavar="HOST:PORT",
        help=f"tell these by OSC; repeatable (default: 127.0.0.1:{DEFAULT_OUT})",
    )  # fmt: skip
    parser.add_argument("--no-osc", action="store_true", help="neither hear nor tell by OSC")
    output_arguments(parser)
    following_arguments(parser)
    playback_arguments(parser)
    parser.add_argument(
        "--model", type=Path, metavar="FILE",
        help="the network (default: the one that comes with emsync)",
    )  # fmt: skip
    parser.add_argument(
        "--device", default="auto", metavar="DEVICE",
        help="auto, cpu, cuda, directml or coreml; a missing one is the CPU (default: auto)",
    )  # fmt: skip
    parser.add_argument(
        "--threads", type=int, default=0, metavar="N", help="CPU threads (default: all)"
    )


def run(args: Namespace) -> None:
    """Serve until told to stop."""
    # The OSC library warns of each datagram that is none; noise would fill the disk.
    logging.basicConfig(level=logging.ERROR)
    for port in (args.port, args.osc_port):
        if not 0 <= port < 65536:
            raise EmsyncError(f"port {port}: give 0 to 65535")
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
        means=Means(args.model, args.device, args.threads),
        output_config=output_config(args),
        sync_source=sync_source(args),
        playback_options=playback_options(args),
    )
    asyncio.run(serve(options, lambda line: print(line, flush=True)))
