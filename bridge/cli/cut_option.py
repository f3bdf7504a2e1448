"""The options that name the new cut of a film that has a score."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from bridge.cli.film_options import timecode_arguments
from bridge.cli.request_values import given_clock, request_values
from bridge.scoring.limits import TAKES
from bridge.scoring.new_cut import CutFiles, cut_json
from bridge.scoring.request_json import parse_request, request_json
from engine.errors import EmsyncError
from engine.timecode import parse_time
from engine.timeline.edit_lists import is_edit_list


def new_cut_argument(parser: ArgumentParser) -> None:
    """Add the new film or its edit list."""
    parser.add_argument(
        "video", type=Path, metavar="NEW",
        help="the new film, or an edit list (EDL, FCPXML, OTIO, AAF) whose source is the old film",
    )  # fmt: skip


def cut_arguments(parser: ArgumentParser, seed: str) -> None:
    """Add the other files, and what of the new film is scored. seed: the usual one, in words."""
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
        "--seed", type=int, metavar="N",
        help=f"another seed gives other new parts (default: {seed})",
    )  # fmt: skip
    parser.add_argument(
        "--takes", type=int, metavar="N",
        help=f"compose N takes of the new parts and keep the best (default: {TAKES})",
    )  # fmt: skip


def cut_files(args: Namespace) -> CutFiles:
    """The files that the options name; ``args.video`` becomes the new film if there is one.

    Raises EmsyncError for options that do not go together.
    """
    given_clock(args)
    listed = is_edit_list(args.video)
    for option in ("old_list", "new_film", "reel"):
        if not listed and getattr(args, option) is not None:
            name = option.replace("_", "-")
            raise EmsyncError(f"--{name}: goes with an edit list of the new film")
    film = args.new_film if listed else args.video
    if film is None and (args.boundaries is not None or (args.start, args.end) != (None, None)):
        raise EmsyncError("--boundaries, --start, --end: need the film; give it as --new-film")

    edit_list = args.video if listed else None
    args.video = film or args.video
    paths = (film, edit_list, args.old_list, args.old_film)
    film, edit_list, old_list, old_film = (None if path is None else str(path) for path in paths)
    rate = args.frame_rate if listed else None
    return CutFiles(film, edit_list, old_list, old_film, args.reel, rate)


def recut_values(args: Namespace) -> dict[str, Any]:
    """The options that were given, as ``POST /jobs/{id}/recut`` takes them; paths are whole."""
    for option in ("video", "old_list", "old_film", "new_film"):
        path = getattr(args, option)
        setattr(args, option, None if path is None else path.absolute())
    files = cut_files(args)
    request = parse_request({**request_values(args), "recut": files})
    values = request_json(request)
    del values["video"], values["recut"]
    return values | cut_json(files)
