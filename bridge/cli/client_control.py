"""``emsync client control``: change a piece while it is composed and played."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any
from urllib.parse import quote

from bridge.scoring.live import CONTROLS
from bridge.server.client import Client
from engine.errors import EmsyncError


def control_arguments(parser: ArgumentParser) -> None:
    """Add the action's arguments."""
    parser.add_argument(
        "job", nargs="?", metavar="JOB", help="the id of the job (default: the piece that plays)"
    )
    parser.add_argument(
        "--valence", type=float, metavar="V", help="-1 (unpleasant) to 1 (pleasant)"
    )
    parser.add_argument("--arousal", type=float, metavar="A", help="-1 (calm) to 1 (excited)")
    parser.add_argument("--density", type=float, metavar="N", help="notes a second")
    parser.add_argument(
        "--instruments", metavar="NAMES", help="who plays, with commas between the names"
    )
    parser.add_argument(
        "--reset", action="store_true", help="let all that is not named here be as planned again"
    )


def send_control(client: Client, args: Namespace) -> Any:
    """Send the controls; returns from which bar on they hold."""
    values = {name: getattr(args, name) for name in CONTROLS}
    if args.instruments is not None:
        values["instruments"] = [name.strip().lower() for name in args.instruments.split(",")]
    if not args.reset and all(value is None for value in values.values()):
        raise EmsyncError("name what is to change, such as --arousal 0.8, or give --reset")
    job = args.job or client.ask("GET", "/state")["job"]
    if job is None:
        raise EmsyncError("no piece is loaded; submit one with --live")
    return client.ask(
        "POST", f"/jobs/{quote(job, safe='')}/control", {**values, "reset": args.reset}
    )
