"""``emsync analyze``: the cue sheet of a film, without composing."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from bridge.cli.film import apply_wishes, film_arguments, watch
from engine.cues import write_cues


def arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    film_arguments(parser)
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("cues.json"), metavar="FILE",
        help="the cue sheet to write (default: cues.json)",
    )  # fmt: skip


def run(args: Namespace) -> None:
    """Watch, write, and say what was found."""
    cues = apply_wishes(watch(args), args)
    write_cues(cues, args.output)
    print(
        f"{len(cues.cuts)} cuts, {len(cues.boundaries)} boundaries, "
        f"{len(cues.sections)} sections in {cues.duration:.1f} s: {args.output}"
    )
