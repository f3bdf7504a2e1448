"""``emsync open``: opens the page of the running server."""

from __future__ import annotations

import webbrowser
from argparse import ArgumentParser, Namespace
from pathlib import Path

from bridge.server.client import Client
from bridge.state import state_folder


def arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "--state", type=Path, default=state_folder(), metavar="FOLDER",
        help="the server's state folder (default: this user's)",
    )  # fmt: skip
    parser.add_argument(
        "--print", action="store_true", dest="print_only",
        help="print the link and open no browser; the link works once, within five minutes",
    )  # fmt: skip


def run(args: Namespace) -> None:
    """Open the page in the desktop's browser, or print a link to it."""
    link = Client(args.state).ask("POST", "/links", {})["link"]
    if args.print_only or not webbrowser.open(link):
        # A shell without a screen: the link is for a browser elsewhere on this machine.
        print(link)
        return
    print("the page opens in your browser")
