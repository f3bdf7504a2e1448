"""``emsync bench``: how fast this machine composes and watches, and how well it finds cuts."""

from __future__ import annotations

import importlib
import os
import platform
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.cli.extras import need_train_extra
from bridge.cli.outputs import check_file, file_force_argument
from engine.errors import EmsyncError
from engine.files import write_atomically
from engine.model.runtime import SHIPPED

if TYPE_CHECKING:
    from engine.benchmarks.measures import Section

PARTS = ("decoding", "takes", "velocities", "rounding", "watching", "emotion", "starting", "memory")


def arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="write the page to a Markdown file too"
    )
    file_force_argument(parser)
    parser.add_argument(
        "--cache", type=Path, metavar="CACHE",
        help="the output of emsync model prepare, to measure what rounding and sliding cost",
    )  # fmt: skip
    parser.add_argument(
        "--film", type=Path, metavar="FILE", help="the film to analyze (default: a minute)"
    )
    parser.add_argument(
        "--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART",
        help=f"measure only these: some of {', '.join(PARTS)}",
    )  # fmt: skip
    parser.add_argument(
        "--cuts", action="store_true",
        help="measure how well cuts, dissolves and fades are found in films that are known exactly",
    )  # fmt: skip
    parser.add_argument(
        "--films", type=Path, metavar="FOLDER",
        help="a folder with Big Buck Bunny and Sintel, whose shots --cuts uses too",
    )  # fmt: skip
    parser.add_argument(
        "--rating", type=Path, metavar="CACHE",
        help="measure how often the rating of takes prefers songs to their corrupted copies; CACHE "
        "is the output of emsync model prepare",
    )  # fmt: skip
    parser.add_argument(
        "--rescore", type=int, metavar="N",
        help="measure ten seconds that are composed anew in each of N pieces of a minute",
    )  # fmt: skip
    parser.add_argument(
        "--quick", action="store_true", help="fewer rounds, shorter pieces, fewer films"
    )


def run(args: Namespace) -> None:
    """Measure, part by part, and print the page."""
    if args.cuts:
        _cuts(args)
        return
    if args.rating is not None:
        _rating(args)
        return
    if args.rescore is not None:
        _rescore(args)
        return
    with need_train_extra():
        from engine.benchmarks.measures import page, table

        importlib.import_module("engine.benchmarks.networks")
    if args.cache is None and set(args.only) == {"rounding"}:
        raise EmsyncError("rounding: give the --cache whose validation songs are to be read")
    if args.output is not None:
        check_file(args.output, args.force)
    sections: list[Section] = []
    with tempfile.TemporaryDirectory() as scratch:
        for part in args.only:
            print(f"measuring {part} ...", file=sys.stderr, flush=True)
            for section in MEASURES[part](args, Path(scratch)):
                sections.append(section)
                print("\n" + table(section), flush=True)
    if args.output is not None:
        command = "emsync bench --quick" if args.quick else "emsync bench"
        write_atomically(args.output, page(sections, command, _machine()))


def _cuts(args: Namespace) -> None:
    """Measure how well transitions are found, and print the page."""
    from engine.benchmarks.cut_films.film import REPORTED
    from engine.benchmarks.cutting import cutting, missing
    from engine.benchmarks.measures import page, table

    if args.output is not None:
        check_file(args.output, args.force)
    if args.films is not None and not args.films.is_dir():
        raise EmsyncError(f"{args.films}: is no folder; give the folder of the films")
    for name in missing():
        print(f"{name} is not installed, so it is left out", file=sys.stderr)
    seeds = REPORTED[:12] if args.quick else REPORTED
    sections = cutting(seeds, args.films, lambda line: print(line, file=sys.stderr, flush=True))
    for section in sections:
        print("\n" + table(section), flush=True)
    if args.output is not None:
        command = "emsync bench --cuts --quick" if args.quick else "emsync bench --cuts"
        write_atomically(args.output, page(sections, command, _machine()))


def _rating(args: Namespace) -> None:
    """Measure what the rating prefers, and print the page."""
    with need_train_extra():
        from engine.benchmarks.measures import page, table
        from engine.benchmarks.rating import PAIRS, rating
        from engine.training.corpus.token_cache import Cache

    if args.output is not None:
        check_file(args.output, args.force)
    sections = rating(Cache.open(args.rating), PAIRS // 5 if args.quick else PAIRS)
    for section in sections:
        print("\n" + table(section), flush=True)
    if args.output is not None:
        command = "emsync bench --rating CACHE" + (" --quick" if args.quick else "")
        write_atomically(args.output, page(sections, command, _machine()))


def _rescore(args: Namespace) -> None:
    """Measure what is composed anew, and print the page."""
    with need_train_extra():
        from engine.benchmarks.measures import page, table
        from engine.benchmarks.rescoring import rescoring

    if args.rescore < 1:
        raise EmsyncError(f"--rescore {args.rescore}: give 1 or more pieces")
    if args.output is not None:
        check_file(args.output, args.force)
    section = rescoring(SHIPPED, args.rescore)
    print("\n" + table(section), flush=True)
    if args.output is not None:
        command = f"emsync bench --rescore {args.rescore}"
        write_atomically(args.output, page([section], command, _machine()))


def _machine() -> str:
    return f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}"


def _decoding(args: Namespace, folder: Path) -> Iterator[Section]:
    from engine.benchmarks.decoding import pieces, steps
    from engine.benchmarks.networks import FULL_SIZE, random_network

    rounds, minutes = (20, (0.2,)) if args.quick else (60, (1.0, 10.0))
    for preset in FULL_SIZE:
        model, weights = random_network(preset, folder)
        yield steps(preset, model, weights, rounds)
    yield pieces("37M (preset `full`)", full_size(folder), minutes)
    yield pieces("the shipped network", SHIPPED, minutes[:1])


def _takes(args: Namespace, folder: Path) -> Iterator[Section]:
    from engine.benchmarks.takes import takes

    yield takes(SHIPPED, 4 if args.quick else 16)


def _velocities(args: Namespace, folder: Path) -> Iterator[Section]:
    from engine.benchmarks.velocities import velocities

    yield velocities(3 if args.quick else 10)


def _rounding(args: Namespace, folder: Path) -> Iterator[Section]:
    from engine.benchmarks.rounding import rounding
    from engine.benchmarks.sliding import sliding
    from engine.training.corpus.token_cache import Cache

    if args.cache is not None:
        cache = Cache.open(args.cache)
        yield rounding(SHIPPED, cache)
        yield sliding(SHIPPED, cache, 10 if args.quick else 30)


def _watching(args: Namespace, folder: Path) -> Iterator[Section]:
    from engine.benchmarks.starting import draw_minute
    from engine.benchmarks.watching import watching

    film = args.film or folder / "minute.mp4"
    if args.film is None:
        draw_minute(film)
    yield watching(film, 2 if args.quick else 5)


def _emotion(args: Namespace, folder: Path) -> Iterator[Section]:
    from engine.benchmarks.emotion import cost, emotion
    from engine.benchmarks.starting import draw_minute

    yield emotion(folder, args.films, args.quick)
    film = args.film or folder / "minute.mp4"
    if not film.exists():
        draw_minute(film)
    yield cost(film, 1 if args.quick else 3)


def _starting(args: Namespace, folder: Path) -> Iterator[Section]:
    from engine.benchmarks.starting import starting

    yield starting(2 if args.quick else 5)


def _memory(args: Namespace, folder: Path) -> Iterator[Section]:
    from engine.benchmarks.memory import memory

    yield memory(SHIPPED, quick=args.quick)


def full_size(folder: Path) -> Path:
    """The weights of a random network of the full size."""
    from engine.benchmarks.networks import random_network

    weights = folder / "full.safetensors"
    return weights if weights.exists() else random_network("full", folder)[1]


MEASURES: dict[str, Callable[[Namespace, Path], Iterator[Section]]] = {
    "decoding": _decoding,
    "takes": _takes,
    "velocities": _velocities,
    "rounding": _rounding,
    "watching": _watching,
    "emotion": _emotion,
    "starting": _starting,
    "memory": _memory,
}
