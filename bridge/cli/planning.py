"""The film of ``emsync tempo`` and ``emsync plan``: a video, or a cue sheet by itself."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from bridge.cli.film_options import cues_argument, film_arguments
from bridge.cli.progress import phase_bar
from bridge.cli.request_values import request_values, warn_of_unused
from bridge.scoring.analysis import analyze_film, with_user_changes
from bridge.scoring.request import Request
from bridge.scoring.request_json import parse_request
from engine.cues import CueSheet
from engine.cues_json import read_cues
from engine.errors import EmsyncError


def planning_arguments(parser: ArgumentParser) -> None:
    """Add the film, or its cue sheet."""
    film_arguments(parser, "the film, or a cue sheet (.json) of it")
    cues_argument(parser)


def planning_request(args: Namespace) -> Request:
    """The request that was made. Raises EmsyncError for options out of range."""
    values = request_values(args)
    if args.video.suffix == ".json":
        if args.cues is not None:
            raise EmsyncError(f"{args.video}: is a cue sheet already; leave out --cues")
        values["cues"] = read_cues(args.video)
    request = parse_request(values)
    warn_of_unused(request)
    return request


def planned_film(args: Namespace, request: Request) -> CueSheet:
    """The cue sheet to plan for. A cue sheet by itself needs no film.

    Raises EmsyncError for a film that can't be read or does not fit the request.
    """
    if args.video.suffix == ".json" and request.cues is not None:
        return with_user_changes(request.cues, request)
    return analyze_film(request, phase_bar)
