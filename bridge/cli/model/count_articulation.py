"""``emsync model count-articulation``: how early songs release notes, to the table of lengths."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path

from bridge.cli.extras import need_train_extra
from bridge.cli.model.corpus_options import corpus_arguments, sample_arguments
from bridge.cli.outputs import check_file, file_force_argument
from bridge.cli.progress import progress_bar
from engine.errors import EmsyncError
from engine.files import output
from engine.metrics.statistics import finite


def arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    corpus_arguments(parser)
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FILE", help="the table to write (.npz)"
    )
    file_force_argument(parser)
    sample_arguments(parser, songs=6000)


def run(args: Namespace) -> None:
    """Count, write the table, and print its figures on validation songs."""
    with need_train_extra():
        from engine.training.performance.articulation import count, edges, figures, read_all
        from engine.training.performance.dataset import split_files
    from engine.performance.articulation import write_table

    check_file(args.output, args.force)
    found = []
    for name, files in zip(
        ("training", "validation"),
        split_files(args.source, args.index, args.songs, args.seed),
        strict=True,
    ):
        with progress_bar(f"Reading {name} songs", len(files), "song") as show:
            found.append(read_all(files, args.workers, show))
    training, validation = found
    if not training:
        raise EmsyncError(f"{args.source}: no song of split=train was played to a beat")
    between = edges(training)
    table = count(training, between)
    with output(args.output.parent):
        write_table(table, args.output)
    parts = {track.part for track in training}
    known = [track for track in validation if track.part in parts]
    learnt = {"tracks": len(training), "notes": int(table.counts.sum())}
    print(json.dumps(finite({"counted_in": learnt, **figures(table, known, between)}), indent=1))
