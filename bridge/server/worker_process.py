"""The composing process: takes tasks from its input, tells how they go on its output.

It ends with the server: when its input closes, at once and whatever it is doing.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import traceback
import warnings
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, BinaryIO

from bridge.scoring.request import Request
from bridge.server import worker_protocol as protocol
from bridge.server.job_files import CUES, REPORT
from bridge.server.jobs import Kind, State
from engine.cues import CueSheet, check_same_film, write_cues
from engine.errors import EmsyncError
from engine.files import output_folder
from engine.score import Note

if TYPE_CHECKING:
    from engine.composing.state import GenerationConfig, Listener
    from engine.model.runtime import Network

Say = Callable[[protocol.Event], None]

NICENESS = 5
"""Composing gives way to playing where both want a processor."""
STEP = 0.01
"""Progress is told at steps of this share."""
DRAFT = 0.2
"""Seconds between two drafts of a piece that is played while it is composed."""


def main() -> None:
    """Serve the server until its input closes."""
    parser = ArgumentParser()
    parser.add_argument("--model", type=Path)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--threads", type=int, default=0)
    args = parser.parse_args()
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    # Whatever a library prints must not end up between our lines.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)

    def say(event: protocol.Event) -> None:
        answers.write(protocol.event_line(event))
        answers.flush()

    def warn(message: Warning | str, *_: object, **__: object) -> None:
        say(protocol.Warned(str(message)))

    @cache
    def load() -> Network:
        from engine.model.runtime import SHIPPED, Network

        return Network(args.model or SHIPPED, args.device, args.threads)

    warnings.showwarning = warn
    warnings.simplefilter("always", UserWarning)
    tasks: SimpleQueue[protocol.Task] = SimpleQueue()
    threading.Thread(target=_read, args=(sys.stdin.buffer, tasks), daemon=True).start()
    # Ctrl-C is for the server, which ends us in its own time.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        say(_attempt(tasks.get(), load, say))


def _read(lines: BinaryIO, tasks: SimpleQueue[protocol.Task]) -> None:
    for line in lines:
        tasks.put(protocol.parse_task(line))
    os._exit(0)


def _attempt(task: protocol.Task, load: Callable[[], Network], say: Say) -> protocol.Event:
    """Perform the task; how it ended."""
    try:
        perform(task, load, say)
    except EmsyncError as error:
        return protocol.Failed(str(error))
    except ModuleNotFoundError as error:
        return protocol.Failed(f"{error.name} is not installed; pip install 'emsync-bridge[cpu]'")
    except Exception as error:
        traceback.print_exc()
        return protocol.Failed(f"a fault of emsync's own: {error!r}; the server's log has more")
    return protocol.Done()


def perform(task: protocol.Task, load: Callable[[], Network], say: Say) -> None:
    """Watch, compose and write what the task asks for; ``load`` gives the network."""
    begun = time.perf_counter()
    say(protocol.Entered(State.ANALYSING))
    cues = _watch(task.request, _shares(say))
    folder = output_folder(task.folder)
    write_cues(cues, folder / CUES)
    if task.kind is Kind.COMPOSE:
        _compose(task, cues, load, say, begun)


def _watch(request: Request, progress: Callable[[float], None]) -> CueSheet:
    """The cue sheet asked for: perceived, or given."""
    from engine.analysis import analyze
    from engine.emotion.perception import override
    from engine.video.reader import open_video

    if request.cues is None:
        cues = analyze(Path(request.video), request.start or 0.0, request.end, progress)
    else:
        video = open_video(Path(request.video)).video
        check_same_film(request.cues, video)
        cues = replace(request.cues, video=video)
    emotion = None if request.emotion == "auto" else request.emotion
    if (emotion, request.valence, request.arousal) != (None, None, None):
        sections = override(cues.sections, emotion, request.valence, request.arousal)
        cues = replace(cues, sections=sections)
    if request.boundaries is not None:
        if request.boundaries and request.boundaries[-1] > cues.duration:
            raise EmsyncError(
                f"boundaries: {request.boundaries[-1]:g} s is beyond the end, "
                f"{cues.duration:.3f} s; remove it"
            )
        cues = replace(cues, boundaries=request.boundaries)
    return cues


def _compose(
    task: protocol.Task, cues: CueSheet, load: Callable[[], Network], say: Say, begun: float
) -> None:
    from bridge.cli.score import TAKES
    from bridge.scoring.report import Model, Takes, Timings, report, write_report
    from engine.composing.takes import best, compose_takes
    from export.piece import write_piece

    analyzed = time.perf_counter()
    network = load()
    loaded = time.perf_counter()
    request, config = task.request, _generation_config(task.request)
    say(protocol.Entered(State.COMPOSING))
    count = 1 if request.live else request.takes or TAKES
    shares = _shares(say)

    def progress(seconds: float) -> None:
        shares(seconds / (count * cues.duration))

    listen = _drafts(say, cues.duration) if request.live else None
    takes = compose_takes(cues, network, config, count, progress, listen)
    kept = best([take_score for _, take_score in takes])
    composed = time.perf_counter()
    write_piece([take.score for take, _ in takes], kept, task.folder)
    done = time.perf_counter()
    card = network.card
    result = report(
        cues,
        takes[kept][0].score,
        request.seed,
        Model(card.name, card.sha256, card.parameters, network.device, network.precision),
        Takes(kept, tuple(takes)),
        Timings(
            load=loaded - analyzed,
            analyze=analyzed - begun,
            compose=composed - loaded,
            export=done - composed,
            total=done - begun,
        ),
    )
    write_report(result, task.folder / REPORT)


def _generation_config(request: Request) -> GenerationConfig:
    from engine.composing.sampling import Sampling
    from engine.composing.state import GenerationConfig
    from engine.music.conditions import asked_for

    wished = {field.name: getattr(request, field.name) for field in fields(Sampling)}
    sampling = Sampling(**{name: value for name, value in wished.items() if value is not None})
    conditions = asked_for(request.bpm, request.meter, request.key, request.density)
    return GenerationConfig(request.seed, 0, request.instruments, sampling, conditions)


def _drafts(say: Say, duration: float) -> Listener:
    """Tells of notes and chords as they come, some at a time."""
    waiting: list[Note] = []
    marks: list[float] = []
    told = time.monotonic()

    def tell(notes: tuple[Note, ...], chords: tuple[float, ...], until: float) -> None:
        nonlocal told
        waiting.extend(notes)
        marks.extend(chords)
        if until >= duration or time.monotonic() - told >= DRAFT:
            told = time.monotonic()
            say(protocol.Draft(tuple(waiting), tuple(marks), until))
            waiting.clear()
            marks.clear()

    return tell


def _shares(say: Say) -> Callable[[float], None]:
    """Tells of progress, in steps that a person can see."""
    told = 0.0

    def tell(share: float) -> None:
        nonlocal told
        if share - told >= STEP:
            told = share
            say(protocol.Progress(min(share, 1.0)))

    return tell


if __name__ == "__main__":
    main()
