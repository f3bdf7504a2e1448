"""The worker process: reads tasks from its standard input, reports on its standard output.

It ends with the server: when its input closes, at once and whatever it is doing.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
import warnings
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, BinaryIO

from bridge.scoring.analysis import analyze_film
from bridge.scoring.context import ScoringContext
from bridge.scoring.files import CUES, SCORES
from bridge.scoring.network import NetworkOptions
from bridge.scoring.new_cut import read_cut
from bridge.scoring.old_score import read_old_score
from bridge.scoring.phases import Part, Phase, Phases, Progress
from bridge.scoring.pipeline import score_film
from bridge.scoring.recut import recut_film
from bridge.scoring.reel import score_reel
from bridge.scoring.rescore import rescore_piece
from bridge.server import worker_protocol as protocol
from bridge.server.jobs import Kind, State
from bridge.server.live_worker import LiveWorker
from engine.cues_json import write_cues
from engine.errors import EmsyncError
from engine.files import output_folder
from engine.video.folders import allow_only

if TYPE_CHECKING:
    from engine.model.runtime import Network

Report = Callable[[protocol.Event], None]

STEP = 0.01
"""The share of a phase from one progress report to the next."""


def main() -> None:
    """Serve the server until its input closes."""
    parser = ArgumentParser()
    parser.add_argument("--model", type=Path)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--precision")
    parser.add_argument("--niceness", type=int, default=0)
    parser.add_argument("--videos", type=Path, action="append", default=[])
    args = parser.parse_args()
    allow_only(args.videos)
    options = NetworkOptions(args.model, args.device, args.threads, args.precision)
    if hasattr(os, "nice"):
        # Composing gives way to playback where both want a processor.
        os.nice(args.niceness)
    # What libraries print must not end up between our lines.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)

    def report(event: protocol.Event) -> None:
        answers.write(protocol.event_line(event))
        answers.flush()

    def warn(message: Warning | str, *_: object, **__: object) -> None:
        report(protocol.Warned(str(message)))

    warnings.showwarning = warn
    warnings.simplefilter("always", UserWarning)
    load = cache(options.load)
    lines: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_read, args=(sys.stdin.buffer, lines), daemon=True).start()
    # Ctrl-C is for the server, which ends this process in its own time.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        line = lines.get()
        if not protocol.is_message(line):
            report(_attempt(line, load, report, lines))


def _read(source: BinaryIO, lines: SimpleQueue[bytes]) -> None:
    for line in source:
        lines.put(line)
    os._exit(0)


def _attempt(
    line: bytes, load: Callable[[], Network], report: Report, lines: SimpleQueue[bytes]
) -> protocol.Done | protocol.Failed:
    """Perform the task of a line; returns its outcome. lines: what the server sends meanwhile."""
    try:
        perform(protocol.parse_task(line), load, report, lines)
    except EmsyncError as error:
        return protocol.Failed(str(error))
    except ModuleNotFoundError as error:
        return protocol.Failed(f"{error.name} is not installed; pip install 'emsync-bridge[cpu]'")
    except Exception as error:
        traceback.print_exc()
        return protocol.Failed(f"a fault of emsync's own: {error!r}; the server's log has more")
    return protocol.Done()


def perform(
    task: protocol.Task,
    load: Callable[[], Network],
    report: Report,
    lines: SimpleQueue[bytes],
) -> None:
    """Analyze, score, rescore or re-cut a film into the task's folder.

    load: loads the network. lines: what the server sends meanwhile.
    """
    folder, phases = output_folder(task.folder), _phases(report)

    def ready() -> None:
        report(protocol.SoundReady())

    context = ScoringContext(load, folder, phases, ready=ready)
    # Those of an attempt that was cut off: the film may be another one now.
    (folder / SCORES).unlink(missing_ok=True)
    if task.kind is Kind.RESCORE and task.source is not None:
        rescore_piece(read_old_score(task.source), task.request, context)
    elif (files := task.request.recut) is not None and task.source is not None:
        old, request = read_old_score(task.source), task.request
        cut = read_cut(files, old.cues.video, request.start_timecode)
        recut_film(old, cut, request, context)
    elif task.kind is Kind.COMPOSE and task.request.music_cues:
        score_reel(task.request, context, folder / SCORES)
    elif task.kind is Kind.COMPOSE:
        live = LiveWorker(report, lines) if task.request.live else None
        score_film(task.request, context, live, folder / SCORES)
    else:
        write_cues(analyze_film(task.request, phases, folder / SCORES), folder / CUES)


def _phases(report: Report) -> Phases:
    """Reports each phase when it begins, and its progress in steps that a person can see."""

    @contextmanager
    def enter(phase: Phase, part: Part | None = None) -> Iterator[Progress]:
        report(protocol.Entered(State(phase)))
        reported = 0.0 if part is None else part.before

        def progress(share: float) -> None:
            nonlocal reported
            if part is not None:
                share = part.before + share * part.share
            if share - reported >= STEP:
                reported = share
                report(protocol.Progress(min(share, 1.0)))

        yield progress

    return enter


if __name__ == "__main__":
    main()
