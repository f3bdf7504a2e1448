"""``emsync model unpack``: what ``emsync model pack`` cut into parts, whole again."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from engine.chunks import unpack


def arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("parts", type=Path, metavar="PARTS", help="the output of emsync model pack")
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FOLDER", help="where the files go"
    )


def run(args: Namespace) -> None:
    """Unpack, and print the files."""
    for file in unpack(args.parts, args.output):
        print(file)
