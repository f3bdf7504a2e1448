"""``emsync demo``: the demo film, drawn by our own code."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from bridge.cli.outputs import check_file, file_force_argument
from engine.errors import EmsyncError
from engine.video.demo import draw_demo


def arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("demo.mp4"), metavar="FILE",
        help="the film to write (default: demo.mp4)",
    )  # fmt: skip
    file_force_argument(parser)


def run(args: Namespace) -> None:
    """Draw."""
    if args.output.suffix.lower() != ".mp4":
        raise EmsyncError(f"{args.output}: end its name in .mp4")
    check_file(args.output, args.force)
    draw_demo(args.output)
    print(f"the demo film: {args.output}")
