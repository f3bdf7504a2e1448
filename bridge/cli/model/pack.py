"""``emsync model pack``: a token cache or a weights file in small compressed parts."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from engine.chunks import pack
from engine.training.corpus.token_cache import FILES


def arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("source", type=Path, metavar="SOURCE", help="a token cache, or one file")
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="PARTS", help="the folder of parts"
    )
    parser.add_argument(
        "--part-mb", type=float, default=56.0, metavar="MB",
        help="the most megabytes a part has (default: 56)",
    )  # fmt: skip


def run(args: Namespace) -> None:
    """Pack, and print the parts with their sizes."""
    source = args.source
    files = [source / name for name in FILES] if source.is_dir() else [source]
    for part in pack(files, args.output, int(args.part_mb * 1e6)):
        print(f"{part}  {part.stat().st_size / 1e6:.1f} MB")
