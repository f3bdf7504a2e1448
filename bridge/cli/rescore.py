"""``emsync rescore``: a section or parts of a finished score anew, or the bars of other hits."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import fields
from fractions import Fraction
from pathlib import Path
from typing import Any

from bridge.cli.counted import counted
from bridge.cli.film_options import timecode_arguments
from bridge.cli.options import network_options, old_score_arguments
from bridge.cli.outputs import (
    folder_force_argument,
    keep_source,
    result_folder,
    stale,
    versions_of,
)
from bridge.cli.progress import phase_bar
from bridge.cli.request_values import given_clock
from bridge.cli.score import summary
from bridge.cli.selection_option import selection_arguments, selection_values
from bridge.cli.sound_options import SOUND_FIELDS
from bridge.scoring.context import ScoringContext
from bridge.scoring.exports import exports_in
from bridge.scoring.limits import TAKES_ANEW
from bridge.scoring.old_score import OldScore, read_old_score
from bridge.scoring.report import NewPart, Report
from bridge.scoring.request_json import parse_request
from bridge.scoring.rescore import planned_selection, rescore_piece
from engine.composing.sampling import Sampling
from engine.cues import CueSheet
from engine.errors import EmsyncError
from engine.files import staged
from engine.hits import boundary_hits, hit_json
from engine.plan.json_form import read_plan
from engine.timeline.cue_sheet import hits_of
from engine.timeline.formats import read_hits


def arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "old", type=Path, metavar="OUT",
        help="the folder that emsync score, rescore or recut wrote; it stays as it is",
    )  # fmt: skip
    selection_arguments(parser)
    parser.add_argument(
        "--boundaries", type=Path, metavar="FILE",
        help="other hits: the bars around those that differ are composed anew, or all from --from "
        "to --to",
    )  # fmt: skip
    timecode_arguments(parser)
    parser.add_argument(
        "--plan", type=Path, metavar="FILE",
        help="OUT's plan.json with phrases that you changed (default: as it is)",
    )  # fmt: skip
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FOLDER",
        help="where the new score goes (default: the first of OUT-2, OUT-3, ... that is free)",
    )  # fmt: skip
    folder_force_argument(parser)
    parser.add_argument(
        "--seed", type=int, metavar="N",
        help="another seed gives other music (default: the one after OUT's)",
    )  # fmt: skip
    parser.add_argument(
        "--takes", type=int, metavar="N",
        help=f"compose N takes of it and keep the best (default: {TAKES_ANEW})",
    )  # fmt: skip
    old_score_arguments(parser, "that of OUT")


def run(args: Namespace) -> None:
    """Check the options before any work is spent on them, then compose."""
    old = read_old_score(args.old)
    request = parse_request(_values(args, old))
    planned_selection(old, request)
    network = network_options(args)
    output = args.output or versions_of(args.old)
    if args.force and output.resolve() == args.old.resolve():
        raise EmsyncError(f"{output}: holds the old score; name another folder, or no --force")
    with result_folder(output, args.force) as folder:
        keep_source(folder, Path(request.video))
        with staged(folder, stale(folder)) as beside:
            context = ScoringContext(network.load, beside, phase_bar, args.soundfont)
            cues, report = rescore_piece(old, request, context)
        *lines, last = summary(report, cues, folder, ()).splitlines()
        print("\n".join([*lines, *new_lines(report, cues), last]))


def _values(args: Namespace, old: OldScore) -> dict[str, Any]:
    """The options as a request takes them."""
    return {
        "video": old.cues.video.path,
        "seed": old.seed + 1 if args.seed is None else args.seed,
        "takes": TAKES_ANEW if args.takes is None else args.takes,
        "dynamics": old.dynamics if args.dynamics is None else args.dynamics,
        "expression": args.expression or old.expression,
        "humanize": old.humanize if args.humanize is None else args.humanize,
        "plan": None if args.plan is None else read_plan(args.plan),
        "rescore": {**selection_values(args), "hits": _hits(args, old.cues)},
        **{each.name: getattr(args, each.name) for each in fields(Sampling)},
        **{name: getattr(args, name) for name in SOUND_FIELDS},
        "exports": args.exports or exports_in(old.folder),
    }


def _hits(args: Namespace, cues: CueSheet) -> list[Any] | None:
    """The hits of the list, in seconds of the score; None for the old ones."""
    if args.boundaries is None:
        return None
    clock = given_clock(args, cues.video, Fraction(cues.start))
    found = hits_of(read_hits(args.boundaries, clock), cues.start, cues.end, cues.video.duration)
    return [hit_json(hit) for hit in boundary_hits(found) if not hit.is_off]


def new_lines(report: Report, cues: CueSheet) -> list[str]:
    """What is kept and what is new."""
    rescore = report.rescore
    assert rescore is not None
    notes = sum(report.notes.values())
    lines = [
        f"  kept {rescore.notes} of {counted(notes, 'note')}; "
        f"{rescore.seconds:.1f} of {cues.duration:.1f} s whole ({counted(rescore.bars, 'bar')})"
    ]
    for new in rescore.new:
        names = ", ".join(instrument.value for instrument in new.instruments)
        lines.append(f"  {new.start:9.3f} to {new.end:9.3f} s  new: {names}{_bars(new)}")
    return lines


def _bars(new: NewPart) -> str:
    """Which bars are new, and whether that is by bar lines where other times were asked for."""
    if new.bars is None:
        return ""
    first, last = new.bars
    named = f"bar {first}" if first == last else f"bars {first} to {last}"
    return f" ({named}, snapped to bar lines)" if new.snapped else f" ({named})"
