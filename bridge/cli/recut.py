"""``emsync recut``: a new cut of a film that has a score."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from bridge.cli.counted import counted
from bridge.cli.options import (
    export_arguments,
    network_arguments,
    network_options,
    performance_arguments,
    sampling_arguments,
    sound_arguments,
    soundfont_argument,
    timecode_arguments,
)
from bridge.cli.outputs import folder_force_argument, keep_source, result_folder, stale
from bridge.cli.progress import phase_bar
from bridge.cli.request_values import given_clock, request_values
from bridge.cli.score import summary
from bridge.scoring.recut import (
    NewCut,
    OldScore,
    list_edits,
    read_old_score,
    recut_film,
)
from bridge.scoring.report import Report
from bridge.scoring.request import TAKES
from bridge.scoring.request_json import parse_request
from engine.cues import CueSheet, parse_time
from engine.errors import EmsyncError
from engine.files import staged
from engine.timeline.edit_lists import is_edit_list
from engine.video.reader import open_video


def arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "old", type=Path, metavar="OLD_OUT", help="the folder that emsync score wrote"
    )
    parser.add_argument(
        "video", type=Path, metavar="NEW",
        help="the new film, or an edit list (EDL, FCPXML, OTIO, AAF) whose source is the old film",
    )  # fmt: skip
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FOLDER",
        help="where the new score goes (default: OLD_OUT-recut)",
    )  # fmt: skip
    folder_force_argument(parser)
    parser.add_argument(
        "--old-film", type=Path, metavar="FILE",
        help="where the old film is now (default: where it was, if OLD_OUT has no scores of it)",
    )  # fmt: skip
    parser.add_argument(
        "--old-list", type=Path, metavar="FILE",
        help="the edit list of the old cut, if the new list has the same sources as that one",
    )  # fmt: skip
    parser.add_argument(
        "--new-film", type=Path, metavar="FILE",
        help="the new film beside its list; says what new picture looks like",
    )  # fmt: skip
    parser.add_argument(
        "--reel", metavar="NAME", help="the reel of the new list that is the old film"
    )
    timecode_arguments(parser)
    parser.add_argument(
        "--boundaries", type=Path, metavar="FILE",
        help="hits of the new film, in place of those that move with the picture",
    )  # fmt: skip
    parser.add_argument(
        "--sensitivity", type=float, metavar="S",
        help="for cuts in new picture; 2 also finds those that stand out half as much (default: 1)",
    )  # fmt: skip
    parser.add_argument(
        "--start", type=parse_time, metavar="T", help="score the new film from here (default: 0)"
    )
    parser.add_argument(
        "--end", type=parse_time, metavar="T", help="score it up to this time (default: the end)"
    )
    parser.add_argument(
        "--seed",
        type=int,
        metavar="N",
        help="another seed gives other new parts (default: that of the old score)",
    )
    parser.add_argument(
        "--takes", type=int, metavar="N",
        help=f"compose N takes of the new parts and keep the best (default: {TAKES})",
    )  # fmt: skip
    performance_arguments(parser, "that of the old score")
    export_arguments(parser)
    sampling_arguments(parser)
    sound_arguments(parser)
    soundfont_argument(parser)
    network_arguments(parser)


def run(args: Namespace) -> None:
    """Check the options before any work is spent on them, then score the new cut."""
    old = read_old_score(args.old)
    cut = _new_cut(args, old)
    if args.seed is None:
        args.seed = old.seed
    if args.dynamics is None:
        args.dynamics = old.dynamics
    if args.humanize is None:
        args.humanize = old.humanize
    args.expression = args.expression or old.expression
    request = parse_request(request_values(args))
    network = network_options(args)
    output = args.output or args.old.with_name(f"{args.old.resolve().name}-recut")
    if output.resolve() == args.old.resolve():
        raise EmsyncError(f"{output}: holds the old score; name another folder")
    with result_folder(output, args.force) as folder:
        keep_source(folder, args.video)
        with staged(folder, stale(folder)) as beside:
            cues, report = recut_film(
                old, cut, request, network.load, beside, phase_bar, args.soundfont
            )
        *lines, last = summary(report, cues, folder, ()).splitlines()
        print("\n".join([*lines, *kept_lines(report, cues), last]))


def _new_cut(args: Namespace, old: OldScore) -> NewCut:
    """The new cut by the options. Raises EmsyncError for files that can't be read."""
    if not is_edit_list(args.video):
        for option in ("old_list", "new_film", "reel"):
            if getattr(args, option) is not None:
                name = option.replace("_", "-")
                raise EmsyncError(f"--{name}: goes with an edit list of the new film")
        open_video(args.video)
        return NewCut(args.video, old_film=args.old_film)
    clock = given_clock(args)
    rate = clock.rate or old.cues.video.clock.rate
    edits = list_edits(args.video, rate, clock.start)
    old_edits = () if args.old_list is None else list_edits(args.old_list, rate, None)
    if args.new_film is not None:
        open_video(args.new_film)
        args.video = args.new_film
    elif args.boundaries is not None or (args.start, args.end) != (None, None):
        raise EmsyncError("--boundaries, --start, --end: need the film; give it as --new-film")
    return NewCut(args.new_film, edits, old_edits, args.reel, args.old_film, clock.start)


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
