"""``emsync tempo``: which tempi let a film's boundaries fall on beats."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from bridge.cli.counted import counted
from bridge.cli.options import tempo_arguments
from bridge.cli.outputs import check_file, file_force_argument, of_cue
from bridge.cli.planning import planned_film, planning_arguments, planning_request
from bridge.scoring.request import Request
from engine.cues import CueSheet
from engine.errors import EmsyncError
from engine.files import write_atomically
from engine.plan.plan import BEATS, TIME_SIGNATURES, plan_beats
from engine.plan.planner import rank
from engine.plan.tempo_search import MOST_BEND, TempoFit
from engine.timeline.cue_sheet import film_part
from export.picture.draw import draw_beats

ROWS = 10
"""How many tempi are printed."""
APART = 0.02
"""The least difference between two printed tempi, as a share."""


def arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    planning_arguments(parser)
    tempo_arguments(parser)
    parser.add_argument(
        "--picture", type=Path, metavar="FILE",
        help="draw the bars of the best tempo against the cuts (.svg)",
    )  # fmt: skip
    file_force_argument(parser)


def run(args: Namespace) -> None:
    """Print the best tempi as a table, the best first; for each cue, if the film has several."""
    request = planning_request(args)
    if args.picture is not None:
        if args.picture.suffix.lower() != ".svg":
            raise EmsyncError(f"{args.picture}: end its name in .svg")
        check_file(args.picture, args.force)
    cues = planned_film(args, request)
    if not cues.spotting:
        _rank(cues, request, args.picture)
        return
    pictures = {cue.name: args.picture and of_cue(args.picture, cue.name) for cue in cues.spotting}
    for picture in pictures.values():
        if picture is not None:
            check_file(picture, args.force)
    for cue in cues.spotting:
        print(f"{cue.name}: ", end="")
        _rank(film_part(cues, cue, request.intensity), request, pictures[cue.name])


def _rank(cues: CueSheet, request: Request, picture: Path | None) -> None:
    """Print the best tempi, and draw the bars of the best one. picture: None draws nothing."""
    fits = rank(cues, request.bpm, request.time_signature)
    beat = TIME_SIGNATURES[request.time_signature or "4/4"].beat
    quarters = BEATS[beat]
    apart: list[TempoFit] = []
    for fit in fits:
        if all(abs(fit.tempo / other.tempo - 1) > APART for other in apart):
            apart.append(fit)
    print(
        f"{counted(len(cues.boundaries), 'boundary')} in {cues.duration:.1f} s; "
        + ("the tempo does not bend" if request.bpm else f"it bends by {MOST_BEND:.0%} at most")
    )
    print("  tempo  downbeats  other beats  missed   bend  unusual bars")
    for fit in apart[:ROWS]:
        # Counted as emsync plan counts them: a beat may meet a boundary by chance, too.
        met, downbeats = plan_beats(fit, cues.duration, beat).met(cues.boundaries)
        unusual = sum(bar != fit.beats_per_bar for bar in fit.bars)
        print(
            f"{fit.tempo * quarters:7.1f}  {downbeats:9}  {met - downbeats:11}  "
            f"{len(cues.boundaries) - met:6}  {fit.bend:5.1%}  {unusual:12}"
        )
    if picture is not None:
        plan = plan_beats(fits[0], cues.duration, beat)
        write_atomically(picture, draw_beats(plan, cues.boundaries))
