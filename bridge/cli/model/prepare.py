"""``emsync model prepare``: a folder of songs to a token cache."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path

from bridge.cli.extras import need_train_extra
from bridge.cli.model.corpus_options import mixed_corpus_argument, worker_argument


def arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    mixed_corpus_argument(parser)
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="CACHE", help="the cache to write"
    )
    parser.add_argument(
        "--index", type=Path, metavar="FILE",
        help="a tab-separated table of the files: file, split, and labels where known",
    )  # fmt: skip
    worker_argument(parser, usual=2)


def run(args: Namespace) -> None:
    """Prepare, and print the report."""
    with need_train_extra():
        from engine.training.corpus.prepare import prepare
    print(json.dumps(prepare(args.source, args.output, args.index, args.workers), indent=2))
