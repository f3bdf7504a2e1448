"""``emsync model evaluate-performance``: the dynamics of pieces beside those of songs."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path

from bridge.cli.extras import need_train_extra
from bridge.cli.model.corpus_options import corpus_arguments, worker_argument
from bridge.cli.outputs import check_file, file_force_argument
from bridge.cli.progress import progress_bar
from engine.errors import EmsyncError
from engine.files import write_atomically
from engine.metrics.statistics import finite


def arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    corpus_arguments(parser, "only val is compared with")
    parser.add_argument(
        "pieces", type=Path, nargs="*", metavar="PIECE",
        help="MIDI files, or folders that emsync score wrote, to compare with the songs",
    )  # fmt: skip
    parser.add_argument(
        "--seconds", type=float, default=60.0, metavar="S",
        help="compare with the beginnings of songs, of the pieces' length (default: 60)",
    )  # fmt: skip
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write a report (JSON)")
    file_force_argument(parser)
    worker_argument(parser)


def run(args: Namespace) -> None:
    """Measure the songs, the songs performed anew, and the pieces; print a table."""
    with need_train_extra():
        from engine.evaluation.performance import evaluate, excerpts, table
        from engine.training.performance.dataset import split_files
    from bridge.play.midi_reader import read_piece
    from engine.score import Score

    if args.output is not None:
        check_file(args.output, args.force)
    read = map(read_piece, args.pieces)
    pieces = [Score(piece.notes, piece.bars, piece.chords, piece.duration) for piece in read]
    _, files = split_files(args.source, args.index, 1, 0, needed=("val",))
    with progress_bar("Reading songs", len(files), "song") as show:
        songs = excerpts(files, args.seconds, args.workers, show)
    if not songs:
        raise EmsyncError(f"{args.source}: no song of split=val has dynamics to compare with")
    report = evaluate(songs, pieces)
    if args.output is not None:
        write_atomically(args.output, json.dumps(finite(report), indent=1) + "\n")
    print("\n".join(table(report)))
