"""``emsync model count-harmony``: a folder of songs to the table that harmony is planned from."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path

from bridge.cli.extras import need_train_extra
from bridge.cli.model.corpus_options import mixed_corpus_argument, worker_argument
from bridge.cli.progress import progress_bar
from engine.files import output, write_atomically


def arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    mixed_corpus_argument(parser)
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FILE", help="the table to write (JSON)"
    )
    parser.add_argument(
        "--index", type=Path, metavar="FILE",
        help="a tab-separated table of the files to take: file and split (only train is counted), "
        "split_group and licence where known",
    )  # fmt: skip
    worker_argument(parser, usual=2)


def run(args: Namespace) -> None:
    """Count, write the table, and print how many songs it has."""
    with need_train_extra():
        from engine.evaluation.references import read_table
        from engine.training.corpus.harmony_table import count_folder, to_json
    index = read_table(args.index, "split") if args.index else None
    with output(args.output.parent):
        table = count_folder(args.source, index, args.workers, progress_bar)
        write_atomically(args.output, to_json(table))
        songs = {mode: table[mode]["songs"] for mode in ("major", "minor")}
        print(f"{args.output}: {json.dumps(songs)}")
