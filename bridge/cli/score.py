"""``emsync score``: a film in, MIDI out."""

from __future__ import annotations

import time
import warnings
from argparse import ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path

from bridge.cli.composing import composing_arguments, network, sampling
from bridge.cli.film import apply_wishes, film_arguments, watch
from bridge.cli.progress import progress_bar
from bridge.cli.wishes import wish_arguments, wishes
from bridge.scoring.report import Model, Report, Takes, Timings, report, write_report
from engine.composing.state import GenerationConfig
from engine.composing.takes import best, compose_takes
from engine.cues import CueSheet, check_same_film, read_cues, write_cues
from engine.errors import EmsyncError
from engine.files import output
from engine.score import CHORDAL, Instrument
from engine.video.reader import open_video
from export.piece import write_piece

TAKES = 4
"""Takes to choose from, unless told otherwise."""


def arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    film_arguments(parser)
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("out"), metavar="FOLDER",
        help="where score.mid, stems/, takes/, cues.json and report.json go (default: out)",
    )  # fmt: skip
    parser.add_argument(
        "--cues", type=Path, metavar="FILE", help="an edited cue sheet, in place of watching"
    )
    parser.add_argument(
        "--takes", type=int, default=TAKES, metavar="N",
        help=f"compose so many, keep the best and write the others to takes/ (default: {TAKES})",
    )  # fmt: skip
    parser.add_argument("--seed", type=int, default=0, help="another seed, another piece")
    parser.add_argument(
        "--instruments",
        type=parse_instruments,
        default=tuple(Instrument),
        metavar="A,B,...",
        help=f"who plays (default: {','.join(i.value for i in Instrument)})",
    )
    wish_arguments(parser)
    composing_arguments(parser)


def parse_instruments(text: str) -> tuple[Instrument, ...]:
    """``bass,piano`` as instruments, in the usual order."""
    names = {word.strip().lower() for word in text.split(",") if word.strip()}
    unknown = names - {i.value for i in Instrument}
    if unknown or not names:
        raise EmsyncError(
            f"instruments: {', '.join(sorted(unknown)) or 'none'}; "
            f"choose from {', '.join(i.value for i in Instrument)}"
        )
    return tuple(i for i in Instrument if i.value in names)


def run(args: Namespace) -> None:
    """Check the options before any work is spent on them, then score the film."""
    if args.takes < 1:
        raise EmsyncError(f"takes {args.takes}: give 1 or more")
    if args.seed < 0:
        raise EmsyncError(f"seed {args.seed}: give 0 or more")
    config = GenerationConfig(
        args.seed,
        instruments=args.instruments,
        sampling=sampling(args),
        conditions=wishes(args),
    )
    if not set(CHORDAL) & set(args.instruments):
        warnings.warn("without guitar and piano no chord can land on a boundary", stacklevel=1)
    with output(args.output) as folder:
        score_film(args, config, folder)


def score_film(args: Namespace, config: GenerationConfig, folder: Path) -> None:
    """Watch, compose, write into ``folder``, and say what came of it."""
    begun = time.perf_counter()
    cues = request(args)
    analyzed = time.perf_counter()
    player = network(args)
    loaded = time.perf_counter()
    with progress_bar("Composing", args.takes * cues.duration, "s") as show:
        takes = compose_takes(cues, player, config, args.takes, show)
    composed = time.perf_counter()
    kept = best([take_score for _, take_score in takes])
    score = takes[kept][0].score
    write_piece([take.score for take, _ in takes], kept, folder)
    write_cues(cues, folder / "cues.json")
    done = time.perf_counter()
    timings = Timings(
        load=loaded - analyzed,
        analyze=analyzed - begun,
        compose=composed - loaded,
        export=done - composed,
        total=done - begun,
    )
    card = player.card
    model = Model(card.name, card.sha256, card.parameters, player.device, player.precision)
    result = report(cues, score, config.seed, model, Takes(kept, tuple(takes)), timings)
    write_report(result, folder / "report.json")
    print(summary(result, cues, folder))


def summary(result: Report, cues: CueSheet, folder: Path) -> str:
    """What came of it, in a few lines."""
    notes = ", ".join(f"{name} {count}" for name, count in result.notes.items())
    times = result.timings
    lines = [
        f"{folder}: score.mid, stems/, cues.json, report.json",
        f"  {cues.duration:.1f} s at {result.tempo:.0f} bpm; notes: {notes}",
        f"  composed by {result.model.name} on {result.model.device} in {times.compose:.1f} s "
        f"(watched in {times.analyze:.1f} s, all in {times.total:.1f} s)",
    ]
    if cues.boundaries:
        met = round(result.second * len(cues.boundaries))
        lines.insert(
            2,
            f"  {len(result.chords)} long chords; {met} of {len(cues.boundaries)} boundaries "
            "have one within a second",
        )
    return "\n".join(lines)


def request(args: Namespace) -> CueSheet:
    """What the film, or an edited cue sheet, and the options ask for."""
    if args.cues is None:
        return apply_wishes(watch(args), args)
    if args.start is not None or args.end is not None:
        raise EmsyncError(
            "--start and --end: the cue sheet has its own; edit it or leave out --cues"
        )
    cues = read_cues(args.cues)
    video = open_video(args.video).video
    check_same_film(cues, video)
    return apply_wishes(replace(cues, video=video), args)
