"""``emsync plan``: the plan of a piece, to look at or edit before composing."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from bridge.cli.counted import counted
from bridge.cli.options import plan_arguments
from bridge.cli.outputs import check_file, file_force_argument, of_cue
from bridge.cli.planning import planned_film, planning_arguments, planning_request
from bridge.scoring.reel import plan_cues
from engine.cues import CueSheet
from engine.errors import EmsyncError
from engine.files import write_atomically
from engine.plan.json_form import to_json
from engine.plan.plan import Plan
from engine.plan.planner import plan_piece
from engine.plan.timing import Timing
from engine.score import Instrument
from export.picture.draw import draw_beats


def arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    planning_arguments(parser)
    plan_arguments(parser)
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("plan.json"), metavar="FILE",
        help="the plan to write, with a picture (.svg) of it beside (default: plan.json); of "
        "several cues, plan-NAME.json each",
    )  # fmt: skip
    file_force_argument(parser)


def run(args: Namespace) -> None:
    """Plan, write, and print the plan phrase by phrase."""
    # Before any work is spent on the film.
    request = planning_request(args)
    _check(args.output, args.force)
    cues = planned_film(args, request)
    if not cues.spotting:
        _write(plan_piece(cues, request.plan_options()), cues, args.output)
        return
    planned = plan_cues(request, cues)
    paths = {cue.name: of_cue(args.output, cue.name) for cue in cues.spotting}
    for path in paths.values():
        _check(path, args.force)
    for name, path in paths.items():
        part, plan = planned[name]
        if plan is not None:
            _write(plan, part, path)


def _check(path: Path, force: bool) -> None:
    """Check that a plan and its picture can be written."""
    check_file(path, force)
    picture = path.with_suffix(".svg")
    if picture == path:
        raise EmsyncError(f"{picture}: is the picture's name; end the plan's name in .json")
    check_file(picture, force)


def _write(plan: Plan, cues: CueSheet, path: Path) -> None:
    """Write a plan and its picture, and print it."""
    picture = path.with_suffix(".svg")
    write_atomically(path, to_json(plan))
    timing = Timing(plan)
    chords, phrases = tuple(timing.harmony()), tuple(timing.phrase_labels())
    write_atomically(picture, draw_beats(plan, cues.boundaries, chords, phrases))
    print(f"{path}, {picture.name}: {overview(plan, cues.boundaries)}")
    for line in table(plan):
        print(line)


def overview(plan: Plan, boundaries: tuple[float, ...]) -> str:
    """The tempo, the bars, and how many boundaries they meet, in a line."""
    met, downbeats = plan.met(boundaries)
    return (
        f"{plan.tempo:.1f} bpm, {counted(len(plan.bar_lines()), 'bar')}; {met} of "
        f"{counted(len(boundaries), 'boundary')} on a beat, {downbeats} at the start of a bar"
    )


def table(plan: Plan) -> list[str]:
    """The phrases in lines: where they begin, who plays, how densely and how loudly, and chords."""
    lines = ["   time  bar  form  key       notes/s  level  register  players  chords"]
    for phrase in plan.phrases:
        seconds = plan.seconds_at(plan.bar_line(phrase.bar))
        players = "".join(i.value[0] if i in phrase.instruments else "-" for i in Instrument)
        lines.append(
            f"{seconds:7.1f} {phrase.bar:4}  {phrase.form:4}  {phrase.key:8} {phrase.density:8.1f}"
            f"  {phrase.dynamics:5}  {phrase.register:8}  {players:7}  {' | '.join(phrase.chords)}"
        )
    return lines
