"""The server put together, and taken apart in the right order."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn

from bridge.midi.backends import OutputConfig, open_output
from bridge.midi.output import Output
from bridge.osc.receiver import Handler, receive
from bridge.osc.sender import OscSender, Target
from bridge.osc.specs import DEFAULT_IN, DEFAULT_OUT
from bridge.play.follow.sync_source import SyncSource
from bridge.play.options import PlaybackOptions
from bridge.server import worker_protocol as protocol
from bridge.server.announcer import Announcer
from bridge.server.http import LARGEST_BODY, application
from bridge.server.hub import Hub
from bridge.server.job_files import CUES, JobFiles
from bridge.server.job_queue import JobQueue
from bridge.server.jobs import Job, State, job_json
from bridge.server.journal import Journal, JournalHeld
from bridge.server.playback import Playback
from bridge.server.security import Guard, is_local, new_token
from bridge.server.service import Service
from bridge.server.sockets import listen_tcp, listen_udp
from bridge.server.worker import Means, Worker
from bridge.state import (
    Running,
    forget_running,
    own_version,
    private_folder,
    read_running,
    state_folder,
    write_running,
)
from engine.cues import read_cues
from engine.errors import EmsyncError

DEFAULT_PORT = 8730
"""The TCP port that the server listens on, unless told otherwise."""
SWITCH = 0.0005
"""Seconds that one thread may hold the interpreter while another waits: the player's must be on
time, whatever the event loop is busy with."""
FAREWELL = 2
"""Seconds that open connections have to end."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to serve.

    folder: where journal, job_files and token are. host, port: of HTTP. osc_host, osc_port: where OSC
    is heard (port None: nowhere). targets: who is told by OSC. videos: where films may come from
    (empty: anywhere). names: by which the server may be called beside its addresses. sync_source: whose
    transport is followed from the beginning. playback_options: how job_files are played.
    """

    folder: Path = field(default_factory=state_folder)
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    osc_host: str = "127.0.0.1"
    osc_port: int | None = DEFAULT_IN
    targets: tuple[Target, ...] = (("127.0.0.1", DEFAULT_OUT),)
    videos: tuple[Path, ...] = ()
    names: tuple[str, ...] = ()
    means: Means = field(default_factory=Means)
    output_config: OutputConfig = field(default_factory=OutputConfig)
    sync_source: SyncSource | None = None
    playback_options: PlaybackOptions = field(default_factory=PlaybackOptions)


async def serve(options: Options, say: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT, then end cleanly: notes first.

    say: told in one line each where the server can be reached and where it plays.
    Raises EmsyncError when it can't start.
    """
    open_to_all = not is_local(options.host) or (
        options.osc_port is not None and not is_local(options.osc_host)
    )
    if open_to_all and not options.videos:
        raise EmsyncError(
            "beyond this machine only films from named folders may be asked for; "
            "give --videos FOLDER, or leave out --host and --osc-host"
        )
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    async with AsyncExitStack() as stack:
        folder = private_folder(options.folder)
        tcp = listen_tcp(options.host, options.port)
        stack.callback(tcp.close)
        journal = _journal(folder)
        stack.callback(journal.close)
        osc_out = OscSender(options.targets)
        stack.callback(osc_out.close)
        hub = Hub()
        announcer = Announcer(loop, hub, osc_out)
        job_files = JobFiles(folder / "pieces")
        sys.setswitchinterval(SWITCH)
        output, why = open_output(options.output_config, folder)
        stack.callback(output.close)
        reopen = partial(_reopened, options.output_config, folder)
        playback = Playback(output, announcer, reopen, options.playback_options)

        def witness(job: Job, event: protocol.Event | None) -> None:
            _witness(job, event, playback, job_files, announcer)

        job_queue = JobQueue(journal, job_files, Worker(options.means), witness)
        stack.push_async_callback(job_queue.close)
        token = new_token()
        guard = Guard(token, options.host, options.names, _folders(options.videos))
        service = Service(job_queue, job_files, playback, guard)
        http = _Http(
            uvicorn.Config(
                application(service, guard, hub),
                log_config=None,
                log_level="error",
                access_log=False,
                server_header=False,
                proxy_headers=False,
                ws="websockets-sansio",
                ws_max_size=LARGEST_BODY,
                timeout_graceful_shutdown=FAREWELL,
            )
        )
        tasks: list[asyncio.Task[Any]] = [
            asyncio.create_task(http.serve([tcp])),
            asyncio.create_task(job_queue.run()),
            asyncio.create_task(playback.watch()),
            asyncio.create_task(stop.wait()),
        ]
        stack.push_async_callback(_end, http, tasks)
        stack.callback(playback.close)
        await playback.follow(options.sync_source)
        osc_port = None
        if options.osc_port is not None:
            udp = listen_udp(options.osc_host, options.osc_port)
            stack.callback(udp.close)
            osc_port = udp.getsockname()[1]
            handlers = _handlers(service)

            def complain(text: str) -> None:
                announcer.tell("error", text=text)

            tasks.append(asyncio.create_task(receive(udp, handlers, complain)))
        port = tcp.getsockname()[1]
        running = Running(os.getpid(), options.host, port, osc_port, token, own_version())
        write_running(folder, running)
        stack.callback(forget_running, folder)
        with _signals(loop, stop):
            say(f"emsync serves http://{options.host}:{port}, token in {folder / 'server.json'}")
            say("OSC: not heard" if osc_port is None else f"OSC: {options.osc_host}:{osc_port}")
            if options.sync_source is not None:
                say(
                    f"follows {options.sync_source.transport}, from {options.sync_source.offset:g} s on"
                )
            say(f"plays to {why}")
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()


class _Http(uvicorn.Server):
    """Leaves signals to us: the player must be silent before the connections go."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _end(http: _Http, tasks: Sequence[asyncio.Task[Any]]) -> None:
    serving, *others = tasks
    for task in others:
        task.cancel()
    await asyncio.wait(others)
    http.should_exit = True
    await asyncio.wait([serving])


@contextmanager
def _signals(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> Iterator[None]:
    """SIGTERM and its like set ``stop``."""
    wanted = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    known = [getattr(signal, name) for name in wanted if hasattr(signal, name)]
    before = {
        number: signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
        for number in known
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _reopened(output_config: OutputConfig, folder: Path) -> Output:
    output, _ = open_output(output_config, folder)
    return output


def _journal(folder: Path) -> Journal:
    try:
        return Journal(folder / "journal.sqlite")
    except JournalHeld as error:
        running = read_running(folder)
        who = f" (pid {running.pid}, port {running.port})" if running else ""
        raise EmsyncError(
            f"{folder}: used by another emsync serve{who}; stop it or give another --state"
        ) from error


def _folders(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    for path in paths:
        if not path.is_dir():
            raise EmsyncError(f"--videos {path}: no such folder")
    return tuple(path.resolve() for path in paths)


def _witness(
    job: Job,
    event: protocol.Event | None,
    playback: Playback,
    job_files: JobFiles,
    announcer: Announcer,
) -> None:
    """Pass on what became of a job, and play what is to be played live."""
    match event:
        case protocol.Draft(notes, chords, until):
            playback.extend(job.id, notes, chords, until)
            return
        case protocol.Entered(State.COMPOSING) if job.request.live:
            cues = read_cues(job_files.file(job, CUES))
            playback.expect(job.id, cues, job.request.reserve, job.request.bpm)
        case protocol.Failed():
            playback.abandon(job.id)
    announcer.tell("progress", job=job.id, state=job.state.value, share=job.progress)
    if not isinstance(event, protocol.Progress):
        announcer.tell("job", **job_json(job))


def _handlers(service: Service) -> dict[str, Handler]:
    playback = service.playback

    async def compose(video: str, seed: int = 0) -> None:
        service.submit({"video": video, "seed": seed})

    async def regenerate(job: str = "", seed: int | None = None) -> None:
        service.regenerate(job or None, seed)

    async def play(job: str = "", seconds: float | None = None) -> None:
        await service.play(job or None, seconds)

    async def follow(transport: str = "", offset: float = 0.0) -> None:
        await service.follow(transport or None, offset=offset or None)

    return {
        "/emsync/compose": compose,
        "/emsync/regenerate": regenerate,
        "/emsync/cancel": service.cancel,
        "/emsync/play": play,
        "/emsync/pause": playback.pause,
        "/emsync/stop": playback.stop,
        "/emsync/locate": playback.locate,
        "/emsync/loop": playback.loop,
        "/emsync/follow": follow,
    }
