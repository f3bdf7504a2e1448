"""``emsync reaper``: puts the scripts for REAPER where REAPER finds them."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from bridge.reaper.install import install, own_resource_folder


def arguments(parser: ArgumentParser) -> None:
    """Add the action and its arguments."""
    actions = parser.add_subparsers(required=True, metavar="ACTION", dest="action")
    text = "copy the scripts into REAPER's resource folder"
    add = actions.add_parser("install", help=text, description=text[0].upper() + text[1:] + ".")
    add.add_argument(
        "--to", type=Path, default=own_resource_folder(), metavar="FOLDER",
        help="REAPER's resource folder (default: this user's)",
    )  # fmt: skip


def run(args: Namespace) -> None:
    """Copy the scripts, and say what to do in REAPER."""
    actions = install(args.to, str(Path(sys.argv[0]).absolute()))
    print(f"{actions[0].parent}: {len(actions)} actions are installed.")
    print(
        "In REAPER, choose Actions > Show action list > New action > Load ReaScript, and there "
        f"{actions[0].parent / 'emsync_Score video and record.lua'}. "
        "At its first run it adds the other actions."
    )
