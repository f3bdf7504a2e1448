"""Arguments of commands that read a folder of songs, for the networks and tables of performance."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from bridge.cli.types import at_least


def corpus_arguments(parser: ArgumentParser, splits: str = "train or val") -> None:
    """Add the folder of songs, and the table of the files. splits: those that the command takes."""
    parser.add_argument(
        "source", type=Path, metavar="CORPUS_FOLDER", help="a folder of songs as MIDI files"
    )
    parser.add_argument(
        "--index", type=Path, required=True, metavar="FILE",
        help=f"a tab-separated table of the files to take: file and split ({splits})",
    )  # fmt: skip


def sample_arguments(parser: ArgumentParser, songs: int) -> None:
    """Add how many songs are drawn (``songs`` by default), who reads them, and the seed."""
    parser.add_argument(
        "--songs", type=at_least(1), default=songs, metavar="N",
        help=f"read N songs, drawn by chance (default: {songs})",
    )  # fmt: skip
    worker_argument(parser)
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N",
        help="the seed of everything that is drawn (default: 0)",
    )  # fmt: skip


def worker_argument(parser: ArgumentParser) -> None:
    """Add the number of processes."""
    parser.add_argument(
        "--workers", type=at_least(1), default=1, metavar="N",
        help="processes that read songs (default: 1)",
    )  # fmt: skip
