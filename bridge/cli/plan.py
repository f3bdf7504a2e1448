"""``emsync plan``: the beats and bars of a piece, to look at or edit before composing."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from bridge.cli.options import BEATS, film_arguments, planning_arguments, request_values
from bridge.cli.outputs import check_file, file_force_argument
from bridge.cli.progress import phase_bar
from bridge.scoring.pipeline import analyze_film
from bridge.scoring.request import parse_request
from engine.files import write_atomically
from engine.music.conditions import parse_conditions
from engine.plan.plan import plan_beats, to_json
from engine.plan.tempo_search import fit_tempo, rank_tempi


def arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    film_arguments(parser)
    planning_arguments(parser)
    parser.add_argument(
        "--bpm", type=float, metavar="B", help="keep this tempo, without bends (default: found)"
    )
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("plan.json"), metavar="FILE",
        help="the plan to write (default: plan.json)",
    )  # fmt: skip
    file_force_argument(parser)


def run(args: Namespace) -> None:
    """Plan, write, and print what was found."""
    values = request_values(args)
    for name in ("bpm", "time_signature"):
        values.pop(name, None)
    # Before any work is spent on the film.
    parse_conditions(args.bpm)
    check_file(args.output, args.force)
    cues = analyze_film(parse_request(values), phase_bar)
    beats = BEATS[args.time_signature]
    if args.bpm is None:
        arousal = cues.sections[0].arousal
        fit = rank_tempi(cues.boundaries, cues.duration, arousal, beats)[0]
    else:
        fit = fit_tempo(args.bpm, cues.boundaries, cues.duration, beats, most_bend=0.0)
    write_atomically(args.output, to_json(plan_beats(fit, cues.duration)))
    met = len(cues.boundaries) - len(fit.missed)
    print(
        f"{fit.tempo:.1f} bpm, bends of {fit.bend:.1%} at most; {met} of {len(cues.boundaries)} "
        f"boundaries fall on a beat, in {len(fit.bars)} bars: {args.output}"
    )
