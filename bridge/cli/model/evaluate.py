"""``emsync model evaluate``: what a network can do, in figures and plots."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path

from bridge.cli.extras import need_train_extra
from bridge.cli.options import network_arguments, sampling, sampling_arguments
from bridge.cli.outputs import check_file
from bridge.cli.progress import progress_bar
from engine.errors import EmsyncError
from engine.files import output_folder, write_atomically


def arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "cache", type=Path, metavar="CACHE", help="the output of emsync model prepare"
    )
    parser.add_argument(
        "--index", type=Path, metavar="FILE",
        help="the corpus index with labels (.tsv), for the judge of emotion",
    )  # fmt: skip
    parser.add_argument(
        "--emopia", type=Path, metavar="FILE", help="EMOPIA's MIDI files (.tar), to check the judge"
    )
    parser.add_argument(
        "--emopia-index", type=Path, metavar="FILE", help="EMOPIA's table of quadrants (.tsv)"
    )
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("docs/evaluation"), metavar="FOLDER",
        help="where evaluation.json and evaluation.png go (default: docs/evaluation)",
    )  # fmt: skip
    parser.add_argument(
        "--force", action="store_true", help="replace an earlier evaluation in the folder"
    )
    parser.add_argument(
        "--work", type=Path, metavar="FOLDER",
        help="where composed pieces are kept, to go on from (default: CACHE/evaluation)",
    )  # fmt: skip
    parser.add_argument(
        "--boundaries", type=int, metavar="N", help="ask for at least N boundaries (default: 1000)"
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N",
        help="the seed of everything that is drawn (default: 0)",
    )  # fmt: skip
    parser.add_argument("--quick", action="store_true", help="a look with small numbers")
    sampling_arguments(parser)
    network_arguments(parser)
    parser.add_argument(
        "--workers", type=int, default=1, metavar="N", help="processes that compose (default: 1)"
    )


def run(args: Namespace) -> None:
    """Evaluate, write the report, and print the targets."""
    if (args.emopia is None) != (args.emopia_index is None):
        raise EmsyncError("--emopia and --emopia-index: give both or neither")
    with need_train_extra():
        from engine.evaluation.pieces import PieceCache
        from engine.evaluation.plots import draw
        from engine.evaluation.run import QUICK, EvaluationPlan, Sources, evaluate
        from engine.evaluation.targets import lines
        from engine.model.runtime import SHIPPED
    check_file(args.output / "evaluation.json", args.force)
    folder = output_folder(args.output)
    plan = replace(QUICK if args.quick else EvaluationPlan(), seed=args.seed)
    if args.boundaries is not None:
        plan = replace(plan, boundaries=args.boundaries)
    emopia = None if args.emopia is None else (args.emopia, args.emopia_index)
    pieces = PieceCache(
        args.model or SHIPPED,
        args.work or args.cache / "evaluation",
        sampling(args),
        args.device,
        args.threads,
        args.workers,
    )
    report = evaluate(Sources(args.cache, args.index, emopia), pieces, plan, progress_bar)
    write_atomically(folder / "evaluation.json", json.dumps(report, indent=1) + "\n")
    draw(report, folder / "evaluation.png")
    print("\n".join(lines(report)))
    for part, reason in report["left_out"].items():
        print(f"left out: {part} ({reason})")
    print(f"{folder}: evaluation.json, evaluation.png")
