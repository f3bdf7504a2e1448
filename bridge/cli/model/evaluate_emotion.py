"""``emsync model evaluate-emotion``: how well the emotion of labelled films is read."""

from __future__ import annotations

import json
import warnings
from argparse import ArgumentParser, Namespace
from pathlib import Path

from bridge.cli.outputs import check_file, file_force_argument
from bridge.cli.progress import progress_bar
from engine.files import write_atomically
from engine.metrics.statistics import finite


def arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "films", type=Path, metavar="FOLDER",
        help="films in folders named after Ekman's emotions, or a folder with labels.csv",
    )  # fmt: skip
    parser.add_argument(
        "--experts", metavar="LIST",
        help="who reads the films, with commas (default: all that can work)",
    )  # fmt: skip
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write a report (JSON)")
    file_force_argument(parser)


def run(args: Namespace) -> None:
    """Analyze all films, and print the figures."""
    from engine.emotion.experts.registry import listed
    from engine.emotion.labels import labelled_films
    from engine.evaluation.emotion_films import evaluate, read_films, table

    if args.output is not None:
        check_file(args.output, args.force)
    films = labelled_films(args.films)
    experts = None if args.experts is None else listed(args.experts)
    with progress_bar("Analyzing films", len(films), "film") as show:
        readings = read_films(films, experts, warnings.warn, show)
    report = evaluate(readings)
    if args.output is not None:
        write_atomically(args.output, json.dumps(finite(report), indent=1) + "\n")
    print("\n".join(table(report)))
