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
from bridge.cli.types import at_least
from bridge.scoring.limits import TAKES
from engine.errors import EmsyncError
from engine.evaluation.amounts import PARTS, QUICK, Amounts
from engine.files import output, write_atomically


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
        "--boundaries",
        type=int,
        metavar="N",
        help="ask for at least N boundaries (default: 1000)",
    )
    parser.add_argument(
        "--seeds", type=int, metavar="N",
        help="compose N pieces at each of 25 points of valence and arousal (default: 4)",
    )  # fmt: skip
    parser.add_argument(
        "--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART",
        help=f"measure only these: some of {', '.join(PARTS)}",
    )  # fmt: skip
    parser.add_argument(
        "--takes", type=at_least(1), default=TAKES, metavar="N",
        help=f"compose N takes of each piece and keep the best (default: {TAKES}, as emsync score)",
    )  # fmt: skip
    parser.add_argument(
        "--free", action="store_true",
        help="compose in free time, without plans (default: planned pieces, as emsync score)",
    )  # fmt: skip
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N",
        help="the seed of everything that is drawn (default: 0)",
    )  # fmt: skip
    parser.add_argument("--quick", action="store_true", help="a look with small numbers")
    sampling_arguments(parser)
    network_arguments(parser)
    parser.add_argument(
        "--workers",
        type=at_least(1),
        default=1,
        metavar="N",
        help="processes that compose (default: 1)",
    )


def run(args: Namespace) -> None:
    """Evaluate, write the report, and print the targets."""
    if (args.emopia is None) != (args.emopia_index is None):
        raise EmsyncError("--emopia and --emopia-index: give both or neither")
    with need_train_extra():
        from engine.evaluation.pieces import PieceCache
        from engine.evaluation.plots import draw
        from engine.evaluation.run import Sources, evaluate
        from engine.evaluation.tables import harmony_table, target_table
        from engine.model.runtime import SHIPPED
    check_file(args.output / "evaluation.json", args.force)
    amounts = replace(QUICK if args.quick else Amounts(), parts=tuple(args.only), seed=args.seed)
    for name in ("boundaries", "seeds"):
        if getattr(args, name) is not None:
            amounts = replace(amounts, **{name: getattr(args, name)})
    emopia = None if args.emopia is None else (args.emopia, args.emopia_index)
    pieces = PieceCache(
        args.model or SHIPPED,
        args.work or args.cache / "evaluation",
        sampling(args),
        args.device,
        args.threads,
        args.workers,
        args.free,
        args.takes,
    )
    with output(args.output) as folder:
        report = evaluate(Sources(args.cache, args.index, emopia), pieces, amounts, progress_bar)
        write_atomically(folder / "evaluation.json", json.dumps(report, indent=1) + "\n")
        draw(report, folder / "evaluation.png")
    for table in (target_table(report), harmony_table(report)):
        if table:
            print("\n".join(table), end="\n\n")
    for part, reason in report["left_out"].items():
        print(f"left out: {part} ({reason})")
    print(f"{folder}: evaluation.json, evaluation.png")
