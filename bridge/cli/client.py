"""``emsync client``: sends a request to the running server and prints its answer as JSON."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bridge.cli.client_control import control_arguments, send_control
from bridge.cli.client_scripts import hello, plan_of, request_values_of
from bridge.cli.cut_option import cut_arguments, new_cut_argument, recut_values
from bridge.cli.film_options import film_arguments
from bridge.cli.options import former, music_arguments, performance_arguments, sampling_arguments
from bridge.cli.outputs import folder_force_argument, result_folder, stale
from bridge.cli.progress import progress_bar
from bridge.cli.request_values import request_values, warn_of_unused
from bridge.cli.selection_option import selection_arguments, selection_values
from bridge.cli.sound_options import export_arguments, sound_arguments
from bridge.play.follow.sync_source import FRAME_RATES, TRANSPORTS
from bridge.scoring.limits import TAKES_ANEW
from bridge.scoring.request_json import parse_request, request_json
from bridge.server.client import Client
from bridge.server.jobs import Kind, State
from bridge.state import state_folder
from engine.errors import EmsyncError
from engine.files import staged, write_atomically
from engine.plan.json_form import read_plan, to_json
from engine.timecode import parse_time

_PHASES = {State.COMPOSING: 1, State.RENDERING: 2, State.DONE: 2}
"""How many phases lie behind a job in a state."""


def arguments(parser: ArgumentParser) -> None:
    """Add the actions and their arguments."""
    parser.add_argument(
        "--state", type=Path, default=state_folder(), metavar="FOLDER",
        help="the server's state folder (default: this user's)",
    )  # fmt: skip
    actions = parser.add_subparsers(required=True, metavar="ACTION", dest="action")

    def action(name: str, text: str) -> ArgumentParser:
        return actions.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")

    def job_argument(parser: ArgumentParser) -> None:
        parser.add_argument("job", metavar="JOB", help="the id of the job")

    submit = action("submit", "submit a film")
    film_arguments(submit)
    submit.add_argument("--analyze", action="store_true", help="make its cue sheet only")
    former(submit, "--analyse", "analyze", action="store_true")
    music_arguments(submit)
    sound_arguments(submit)
    submit.add_argument("--live", action="store_true", default=None, help="play while composing")
    submit.add_argument(
        "--reserve", type=float, metavar="SECONDS",
        help="seconds of music to have ready before it plays, with --live (default: 4)",
    )  # fmt: skip
    submit.add_argument("--wait", action="store_true", help="wait until it is done")
    for name, text in (
        ("request", "submit the job in a JSON file"),
        ("plan", "print the plan of the job in a JSON file; needs no server"),
    ):
        of_file = action(name, text)
        of_file.add_argument("file", type=Path, metavar="FILE", help="what POST /jobs takes")
        of_file.add_argument(
            "--markers", type=Path, metavar="FILE",
            help="a list of hits, in place of the job's boundaries",
        )  # fmt: skip
        of_file.set_defaults(spotting=None)
        if name == "request":
            of_file.add_argument(
                "--spotting", type=Path, metavar="FILE",
                help="a list of cues of music, in place of the job's spotting",
            )  # fmt: skip
    action("hello", "this program's version, the server's, and the path of its status file")
    status = action("status", "the state of a job, or of playback")
    status.add_argument(
        "job", nargs="?", metavar="JOB", help="the id of the job (default: playback)"
    )
    status.add_argument("--wait", action="store_true", help="wait until the job has ended")
    action("jobs", "all jobs")
    regenerate = action("regenerate", "compose another piece for the same cue sheet")
    job_argument(regenerate)
    regenerate.add_argument(
        "--seed", type=int, metavar="N", help="the seed (default: the next one)"
    )
    regenerate.add_argument("--wait", action="store_true", help="wait until it is done")
    rescore = action("rescore", "compose a section or parts of a finished piece anew")
    job_argument(rescore)
    selection_arguments(rescore)
    rescore.add_argument(
        "--plan", type=Path, metavar="FILE",
        help="the job's plan.json with phrases that you changed (default: as it is)",
    )  # fmt: skip
    rescore.add_argument("--seed", type=int, metavar="N", help="the seed (default: the next one)")
    rescore.add_argument(
        "--takes", type=int, metavar="N",
        help=f"compose N takes of it and keep the best (default: {TAKES_ANEW})",
    )  # fmt: skip
    rescore.add_argument("--wait", action="store_true", help="wait until it is done")
    recut = action(
        "recut", "score a new cut of a finished piece's film, and keep what did not change"
    )
    job_argument(recut)
    new_cut_argument(recut)
    cut_arguments(recut, "that of the job")
    performance_arguments(recut, "that of the job")
    export_arguments(recut)
    sampling_arguments(recut)
    sound_arguments(recut)
    recut.add_argument("--wait", action="store_true", help="wait until it is done")
    control_arguments(action("control", "change a piece while it is composed and played"))
    job_argument(action("cancel", "cancel a job"))
    job_argument(action("forget", "remove an ended job and its files"))
    files = action("files", "fetch a job's files")
    job_argument(files)
    files.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FOLDER", help="where the files go"
    )
    files.add_argument(
        "--only", action="append", metavar="NAME",
        help="fetch this file only, if the job has it; repeatable (default: all files)",
    )  # fmt: skip
    folder_force_argument(files)
    play = action("play", "play a piece")
    play.add_argument(
        "job", nargs="?", metavar="JOB",
        help="the id of the job (default: the loaded piece, or the latest)",
    )  # fmt: skip
    play.add_argument(
        "--from", dest="seconds", type=parse_time, metavar="T",
        help="play from this time on (default: the current position)",
    )  # fmt: skip
    action("pause", "pause")
    action("stop", "stop, and end every note")
    locate = action("locate", "go to a time")
    locate.add_argument("seconds", type=parse_time, metavar="T", help="the time to go to")
    loop = action("loop", "repeat a stretch; without times, repeat no longer")
    loop.add_argument(
        "begin", type=parse_time, nargs="?", metavar="BEGIN", help="where the stretch begins"
    )
    loop.add_argument(
        "end", type=parse_time, nargs="?", metavar="END", help="where the stretch ends"
    )
    follow = action("follow", "follow a DAW's transport; without one, follow no longer")
    follow.add_argument(
        "transport", choices=TRANSPORTS, nargs="?",
        help="MIDI Time Code, MIDI clock, JACK transport or REAPER's OSC (default: none)",
    )  # fmt: skip
    follow.add_argument("--port", metavar="NAME|N", help="the MIDI input, or REAPER's UDP port")
    follow.add_argument(
        "--offset", type=parse_time, metavar="T", help="where in the DAW's time the film begins"
    )
    follow.add_argument(
        "--rate", type=float, choices=FRAME_RATES, metavar="FPS",
        help="frames a second of MIDI Time Code (default: the film's)",
    )  # fmt: skip


def run(args: Namespace) -> None:
    """Send the request, and print the answer."""
    if args.action in _WITHOUT_SERVER:
        answer = _WITHOUT_SERVER[args.action](args)
    else:
        answer = _ACTIONS[args.action](Client(args.state), args)
    print(json.dumps(answer, indent=1))


def _submit(client: Client, args: Namespace) -> Any:
    values = request_values(args) | {"video": str(args.video.absolute())}
    # Wrong options are refused here, before anything is sent.
    request = parse_request(values)
    warn_of_unused(request)
    kind = Kind.ANALYZE if args.analyze else Kind.COMPOSE
    return _waited(
        client, args, client.ask("POST", "/jobs", {**request_json(request), "kind": kind})
    )


def _status(client: Client, args: Namespace) -> Any:
    if args.job is None:
        return client.ask("GET", "/state")
    return _waited(client, args, client.ask("GET", _path(args)))


def _regenerate(client: Client, args: Namespace) -> Any:
    values = {"seed": args.seed}
    return _waited(client, args, client.ask("POST", _path(args) + "/regenerate", values))


def _rescore(client: Client, args: Namespace) -> Any:
    values = {**selection_values(args), "seed": args.seed, "takes": args.takes}
    if args.plan is not None:
        values["plan"] = json.loads(to_json(read_plan(args.plan)))
    return _waited(client, args, client.ask("POST", _path(args) + "/rescore", values))


def _recut(client: Client, args: Namespace) -> Any:
    return _waited(client, args, client.ask("POST", _path(args) + "/recut", recut_values(args)))


def _waited(client: Client, args: Namespace, job: dict[str, Any]) -> dict[str, Any]:
    """The job as it is, or with ``--wait`` as it ended; raises EmsyncError where it failed."""
    if not args.wait:
        return job
    with progress_bar("Composing", 300, "%") as show:
        for now in client.follow(job["id"]):
            before = _PHASES.get(now["state"], 0)
            show(100 * (before + now["progress"]))
            job = now
    if job["state"] != State.DONE:
        raise EmsyncError(f"job {job['id']}: {job['state']}: {job['error'] or 'by a client'}")
    return job


def _files(client: Client, args: Namespace) -> Any:
    names = client.ask("GET", _path(args))["files"]
    if args.only:
        names = [name for name in names if name in args.only]
    with result_folder(args.output, args.force) as folder, staged(folder, stale(folder)) as beside:
        for name in names:
            (beside / name).parent.mkdir(parents=True, exist_ok=True)
            write_atomically(beside / name, client.file(args.job, name))
    return {"files": [str(folder / name) for name in names]}


def _path(args: Namespace) -> str:
    return f"/jobs/{quote(args.job, safe='')}"


_WITHOUT_SERVER: dict[str, Callable[[Namespace], Any]] = {
    "hello": lambda args: hello(args.state),
    "plan": plan_of,
}
_ACTIONS: dict[str, Callable[[Client, Namespace], Any]] = {
    "submit": _submit,
    "request": lambda client, args: client.ask("POST", "/jobs", request_values_of(args)),
    "status": _status,
    "jobs": lambda client, args: {"jobs": client.jobs()},
    "regenerate": _regenerate,
    "rescore": _rescore,
    "recut": _recut,
    "control": send_control,
    "cancel": lambda client, args: client.ask("DELETE", _path(args)),
    "forget": lambda client, args: client.ask("DELETE", _path(args) + "?forget=true"),
    "files": _files,
    "play": lambda client, args: client.ask(
        "POST", "/play", {"job": args.job, "seconds": args.seconds}
    ),
    "pause": lambda client, args: client.ask("POST", "/pause"),
    "stop": lambda client, args: client.ask("POST", "/stop"),
    "locate": lambda client, args: client.ask("POST", "/locate", {"seconds": args.seconds}),
    "loop": lambda client, args: client.ask(
        "POST", "/loop", {"begin": args.begin, "end": args.end}
    ),
    "follow": lambda client, args: client.ask(
        "POST",
        "/follow",
        {
            "transport": args.transport,
            "port": args.port,
            "offset": args.offset,
            "rate": args.rate,
        },
    ),
}
