"""``emsync analyze``: the cue sheet of a film, without composing."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections import Counter
from pathlib import Path

from bridge.cli.counted import counted
from bridge.cli.film_options import film_arguments, scores_argument
from bridge.cli.outputs import check_file, file_force_argument
from bridge.cli.progress import phase_bar
from bridge.cli.request_values import request_values, warn_of_unused
from bridge.cli.why import why
from bridge.scoring.analysis import analyze_film
from bridge.scoring.request_json import parse_request
from engine.cues import KINDS
from engine.cues_json import write_cues


def arguments(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    film_arguments(parser)
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("cues.json"), metavar="FILE",
        help="the cue sheet to write (default: cues.json)",
    )  # fmt: skip
    scores_argument(parser)
    file_force_argument(parser)


def run(args: Namespace) -> None:
    """Analyze, write, and print what was found."""
    request = parse_request(request_values(args))
    warn_of_unused(request)
    check_file(args.output, args.force)
    cues = analyze_film(request, phase_bar, args.scores)
    write_cues(cues, args.output)
    counts = Counter(cut.kind for cut in cues.cuts)
    kinds = ", ".join(counted(counts[kind], kind) for kind in KINDS if counts[kind])
    spotted = f"{counted(len(cues.spotting), 'cue')}, " if cues.spotting else ""
    print(
        f"{kinds or 'no cuts'}; {spotted}{counted(len(cues.boundaries), 'boundary')}, "
        f"{counted(len(cues.sections), 'section')} in {cues.duration:.1f} s: {args.output}"
    )
    print("\n".join(why(cues)))
