"""What ``emsync client`` does for scripts: the handshake, and requests that a file holds."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path
from typing import Any

from bridge.cli.request_values import read_lists
from bridge.scoring.request_json import parse_request, request_json
from bridge.server.client import Client
from bridge.server.jobs import Kind
from bridge.server.status_file import STATUS
from bridge.version import own_version
from engine.errors import EmsyncError
from engine.files import read_text
from engine.plan.json_form import to_json


def hello(state: Path) -> dict[str, Any]:
    """This program's version, the path of the status file, and the server, or null if none runs.

    The server is its answer to ``GET /health``.
    """
    try:
        server = Client(state).ask("GET", "/health")
    except EmsyncError:
        server = None
    return {"version": own_version(), "status": str(state / STATUS), "server": server}


def request_values_of(args: Namespace) -> dict[str, Any]:
    """The new job in a JSON file: what ``POST /jobs`` takes, its film with a whole path.

    args: ``file``. ``markers`` is a list of hits in any format, or None; they become its
    boundaries. ``spotting`` is a list of cues of music, or None. Raises EmsyncError for a file that
    can't be read or a wrong field.
    """
    path: Path = args.file
    try:
        values = json.loads(read_text(path))
    except ValueError as error:
        raise EmsyncError(f"{path}: is not JSON ({error}); write the request again") from error
    if not isinstance(values, dict) or not isinstance(values.get("video"), str):
        raise EmsyncError(f"{path}: has no video; give an object with the path of the film")
    kind = values.pop("kind", Kind.COMPOSE)
    values["video"] = str(Path(values["video"]).absolute())
    lists = {"boundaries": args.markers, "spotting": args.spotting}
    if given := {name: file for name, file in lists.items() if file is not None}:
        if values.get("cues") is not None:
            raise EmsyncError(
                f"{path}: has a cue sheet with lists of its own; leave out --markers and --spotting"
            )
        values |= given
        film = Namespace(video=Path(values["video"]), frame_rate=None, start_timecode=None)
        read_lists(film, values)
    return {**request_json(parse_request(values)), "kind": kind}


def plan_of(args: Namespace) -> dict[str, Any]:
    """The plan that the job in a JSON file gets; it needs the job's cue sheet, and no server.

    Raises EmsyncError for a job without a cue sheet or in free time.
    """
    from bridge.scoring.analysis import with_user_changes

    values = request_values_of(args)
    del values["kind"]
    request, path = parse_request(values), args.file
    if request.cues is None:
        raise EmsyncError(f"{path}: has no cue sheet (cues); analyze the film first")
    plan = request.plan_for(with_user_changes(request.cues, request))
    if plan is None:
        raise EmsyncError(f"{path}: a piece in free time has no plan; leave out free")
    return json.loads(to_json(plan))
