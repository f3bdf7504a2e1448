"""``emsync model prepare``: a folder of songs to a token cache."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path

from bridge.cli.extras import need_train_extra
from bridge.cli.types import at_least


def arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "source", type=Path, metavar="SOURCE",
        help="a folder of songs: MIDI files, and piano rolls as LPD-5 has them (.npz)",
    )  # fmt: skip
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="CACHE", help="the cache to write"
    )
    parser.add_argument(
        "--index", type=Path, metavar="FILE",
        help="a tab-separated table of the files: file, split, and labels where known",
    )  # fmt: skip
    parser.add_argument(
        "--workers", type=at_least(1), default=2, metavar="N", help="processes (default: 2)"
    )


def run(args: Namespace) -> None:
    """Prepare, and print the report."""
    with need_train_extra():
        from engine.training.corpus.prepare import prepare
    print(json.dumps(prepare(args.source, args.output, args.index, args.workers), indent=2))
