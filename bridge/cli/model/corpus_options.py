"""Arguments of commands that read a folder of songs."""

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


def mixed_corpus_argument(parser: ArgumentParser) -> None:
    """Add the folder of songs that may have piano rolls too."""
    parser.add_argument(
        "source", type=Path, metavar="CORPUS_FOLDER",
        help="a folder of songs: MIDI files, and piano rolls as LPD-5 has them (.npz)",
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


def worker_argument(parser: ArgumentParser, usual: int = 1) -> None:
    """Add the number of processes, ``usual`` by default."""
    parser.add_argument(
        "--workers", type=at_least(1), default=usual, metavar="N",
        help=f"processes that read songs (default: {usual})",
    )  # fmt: skip
