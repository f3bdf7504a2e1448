"""``emsync recut``: a new cut of a film that has a score."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from bridge.cli.counted import counted
from bridge.cli.cut_option import cut_arguments, cut_files, new_cut_argument
from bridge.cli.options import network_options, old_score_arguments
from bridge.cli.outputs import folder_force_argument, keep_source, result_folder, stale
from bridge.cli.progress import phase_bar
from bridge.cli.request_values import given_clock, request_values
from bridge.cli.score import summary
from bridge.scoring.context import ScoringContext
from bridge.scoring.new_cut import read_cut
from bridge.scoring.old_score import read_old_score
from bridge.scoring.recut import recut_film
from bridge.scoring.report import Report
from bridge.scoring.request_json import parse_request
from engine.cues import CueSheet
from engine.errors import EmsyncError
from engine.files import staged


def arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "old", type=Path, metavar="OLD_OUT", help="the folder that emsync score wrote"
    )
    new_cut_argument(parser)
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FOLDER",
        help="where the new score goes (default: OLD_OUT-recut)",
    )  # fmt: skip
    folder_force_argument(parser)
    cut_arguments(parser, "that of the old score")
    old_score_arguments(parser, "that of the old score")


def run(args: Namespace) -> None:
    """Check the options before any work is spent on them, then score the new cut."""
    old = read_old_score(args.old)
    files = cut_files(args)
    cut = read_cut(files, old.cues.video, given_clock(args).start)
    if args.seed is None:
        args.seed = old.seed
    if args.dynamics is None:
        args.dynamics = old.dynamics
    if args.humanize is None:
        args.humanize = old.humanize
    args.expression = args.expression or old.expression
    request = parse_request({**request_values(args), "recut": files})
    network = network_options(args)
    output = args.output or args.old.with_name(f"{args.old.resolve().name}-recut")
    if output.resolve() == args.old.resolve():
        raise EmsyncError(f"{output}: holds the old score; name another folder")
    with result_folder(output, args.force) as folder:
        keep_source(folder, args.video)
        with staged(folder, stale(folder)) as beside:
            context = ScoringContext(network.load, beside, phase_bar, args.soundfont)
            cues, report = recut_film(old, cut, request, context)
        *lines, last = summary(report, cues, folder, ()).splitlines()
        print("\n".join([*lines, *kept_lines(report, cues), last]))


def kept_lines(report: Report, cues: CueSheet) -> list[str]:
    """What is kept and what is new, a line for each part."""
    recut = report.recut
    assert recut is not None
    notes = sum(report.notes.values())
    short = f", {recut.shortened} of them shortened at a seam" if recut.shortened else ""
    lines = [
        f"  kept {recut.seconds:.1f} of {cues.duration:.1f} s: {counted(recut.bars, 'bar')}, "
        f"{recut.notes} of {counted(notes, 'note')}{short}"
    ]
    now = 0.0
    for part in recut.parts:
        if part.new - now > 0.001:
            lines.append(_line(now, part.new, "new"))
        now = part.new + part.seconds
        where = f"kept, was at {part.old:.3f}" if part.old != part.new else "kept"
        lines.append(_line(part.new, now, f"{where} ({counted(part.bars, 'bar')})"))
    if cues.duration - now > 0.001:
        lines.append(_line(now, cues.duration, "new"))
    return lines


def _line(start: float, end: float, what: str) -> str:
    return f"  {start:9.3f} to {end:9.3f} s  {what}"
