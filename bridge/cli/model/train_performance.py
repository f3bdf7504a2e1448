"""``emsync model train-performance``: how songs are played, to the velocity network."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path

import numpy as np

from bridge.cli.extras import need_train_extra
from bridge.cli.model.corpus_options import corpus_arguments, sample_arguments
from bridge.cli.outputs import check_file, file_force_argument
from bridge.cli.progress import progress_bar
from bridge.cli.types import at_least
from engine.files import output


def arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    corpus_arguments(parser)
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FILE",
        help="the network to write (.npz)",
    )  # fmt: skip
    file_force_argument(parser)
    sample_arguments(parser, songs=10_000)
    parser.add_argument(
        "--notes", type=at_least(1), default=700, metavar="N",
        help="learn from N notes of each, drawn by chance (default: 700)",
    )  # fmt: skip
    parser.add_argument(
        "--passes", type=float, default=1.5, metavar="N", help="passes over them (default: 1.5)"
    )


def run(args: Namespace) -> None:
    """Read the songs, train, write the network, and print its figures on validation songs."""
    with need_train_extra():
        from engine.training.performance.dataset import read_rows, split_files
        from engine.training.performance.likelihood import figures
        from engine.training.performance.train import Settings, train
    from engine.performance.network import write_network

    check_file(args.output, args.force)
    training, validation = split_files(args.source, args.index, args.songs, args.seed)
    rows = []
    for name, files, most in (
        ("training", training, args.notes),
        ("validation", validation, None),
    ):
        with progress_bar(f"Reading {name} songs", len(files), "song") as show:
            rows.append(read_rows(files, args.workers, show, most))
    settings = Settings(passes=args.passes, seed=args.seed)
    with output(args.output.parent):
        with progress_bar("Training", settings.steps(len(rows[0])), "step") as show:
            network = train(rows[0], settings, show)
        write_network(network, args.output)
    learnt = {"songs": len(np.unique(rows[0].song)), "notes": len(rows[0])}
    print(json.dumps({"learnt_from": learnt, **figures(network, rows[1])}, indent=1))
