"""The server: starts its parts, and ends them in the right order."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from bridge.midi.backends import OutputConfig, open_output
from bridge.osc.receiver import receive
from bridge.osc.sender import OscSender, Target
from bridge.osc.specs import DEFAULT_IN, DEFAULT_OUT
from bridge.play.follow.sync_source import SyncSource
from bridge.play.options import PlaybackOptions
from bridge.scoring.network import NetworkOptions
from bridge.server.bodies import LARGEST_BODY
from bridge.server.connections import (
    BACKLOG,
    MOST_ACCEPTED,
    MOST_CONNECTIONS,
    http_protocol,
    limit_log,
)
from bridge.server.film_store import FilmStore
from bridge.server.films import Films
from bridge.server.http import application
from bridge.server.hub import Hub
from bridge.server.idle import IdleWatch
from bridge.server.job_events import job_observer
from bridge.server.job_files import JobFiles
from bridge.server.job_queue import JobQueue
from bridge.server.journal import Journal, JournalHeld
from bridge.server.live import Live
from bridge.server.osc_handlers import osc_handlers
from bridge.server.page_routes import PageRoutes
from bridge.server.playback import Playback
from bridge.server.security import Guard, is_local, new_token
from bridge.server.service import Service
from bridge.server.sessions import Sessions
from bridge.server.sockets import listen_tcp, listen_udp, url
from bridge.server.status_file import StatusFile, status_values
from bridge.server.workers import workers
from bridge.state import (
    Running,
    forget_running,
    private_folder,
    read_running,
    state_folder,
    write_running,
)
from bridge.version import own_version
from engine.errors import EmsyncError

DEFAULT_PORT = 8730
"""The default TCP port of HTTP and WebSocket."""
SWITCH_INTERVAL = 0.0005
"""Seconds until a thread has to yield the interpreter: the player's thread must be on time, however
busy the event loop is."""
SHUTDOWN_TIMEOUT = 2
"""Seconds that open connections have to end."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to serve.

    folder: the state folder, for the journal, the files of jobs and the token.
    host, port: of HTTP and WebSocket. osc_host, osc_port: of OSC (port None: no OSC input).
    targets: receive events over OSC.
    videos: films may only come from these folders (empty: from anywhere).
    names: by which clients may call the server, beside its addresses.
    network: composes. output_config: the MIDI output.
    sync_source: the transport to follow from the start. playback_options: how pieces are played.
    idle: minutes without use after which the server ends; None: it never does.
    """

    folder: Path = field(default_factory=state_folder)
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    osc_host: str = "127.0.0.1"
    osc_port: int | None = DEFAULT_IN
    targets: tuple[Target, ...] = (("127.0.0.1", DEFAULT_OUT),)
    videos: tuple[Path, ...] = ()
    names: tuple[str, ...] = ()
    network: NetworkOptions = field(default_factory=NetworkOptions)
    output_config: OutputConfig = field(default_factory=OutputConfig)
    sync_source: SyncSource | None = None
    playback_options: PlaybackOptions = field(default_factory=PlaybackOptions)
    idle: float | None = None


async def serve(options: Options, announce: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT. Then end all notes first, and the connections after them.

    announce: receives lines for the user: where the server listens and where it plays.
    Raises EmsyncError when it can't start.
    """
    _check_videos(options)
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    limit_log(loop)
    async with AsyncExitStack() as stack:
        folder = private_folder(options.folder)
        tcp = listen_tcp(options.host, options.port)
        stack.callback(tcp.close)
        journal = _journal(folder)
        stack.callback(journal.close)
        osc_sender = OscSender(options.targets)
        stack.callback(osc_sender.close)
        hub = Hub(loop, osc_sender)
        job_files = JobFiles(folder / "pieces")
        sys.setswitchinterval(SWITCH_INTERVAL)
        output, output_line = open_output(options.output_config, folder)
        stack.callback(output.close)
        playback = Playback(
            output,
            hub,
            lambda: open_output(options.output_config, folder)[0],
            options.playback_options,
        )
        live = Live(playback, hub)
        observer = job_observer(hub, playback, job_files, live)
        film_store = FilmStore(folder / "films")
        videos = _folders(options.videos)
        if videos:
            # What was uploaded came from somebody with the token.
            videos = (*videos, film_store.folder.resolve())
        films = Films(folder / "previews", videos)
        stack.push_async_callback(films.close)
        job_queue = JobQueue(journal, job_files, workers(options.network, videos), observer)
        stack.push_async_callback(job_queue.close)
        token = new_token()
        guard = Guard(token, options.host, options.names, videos)
        service = Service(job_queue, job_files, playback, guard, film_store, live)
        sessions = Sessions()
        page = PageRoutes(service, sessions, films)
        status_file = StatusFile(folder, lambda: status_values(job_queue.jobs(), playback.state()))
        stack.callback(status_file.remove)
        watch = IdleWatch(application(service, guard, hub, sessions, page), status_file.is_busy)
        http = _http_server(watch)
        tasks: list[asyncio.Task[Any]] = [
            asyncio.create_task(http.serve([tcp])),
            asyncio.create_task(job_queue.run()),
            asyncio.create_task(playback.watch()),
            asyncio.create_task(live.watch(job_queue.send, job_queue.set_aside)),
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
            receiving = receive(
                udp, osc_handlers(service), lambda error: hub.publish("error", text=error)
            )
            tasks.append(asyncio.create_task(receiving))
        port = tcp.getsockname()[1]
        running = Running(os.getpid(), options.host, port, osc_port, token, own_version())
        write_running(folder, running)
        stack.callback(forget_running, folder)
        tasks.append(asyncio.create_task(status_file.run()))
        if options.idle is not None:
            tasks.append(asyncio.create_task(watch.wait(60 * options.idle)))
        with _signals(loop, stop):
            for line in journal.damaged:
                announce(line)
            for job in job_queue.jobs():
                if not job.ended:
                    announce(f"goes on with job {job.id}, which was played when its server ended")
            announce(f"listens on {url(options.host, port)}; token in {folder / 'server.json'}")
            announce("OSC: off" if osc_port is None else f"OSC: {options.osc_host}:{osc_port}")
            if options.sync_source is not None:
                source = options.sync_source
                announce(f"follows {source.transport}, from {source.offset:g} s on")
            announce(f"plays to {output_line}")
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()


class _HttpServer(uvicorn.Server):
    """Leaves signals to ``serve``: the notes must end before the connections do."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start. asyncio has one number for what it accepts in a turn and for the backlog."""
        await super().startup(sockets)
        for listening in sockets or ():
            listening.listen(BACKLOG)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _http_server(app: ASGIApp) -> _HttpServer:
    return _HttpServer(
        uvicorn.Config(
            app,
            http=http_protocol(),
            limit_concurrency=MOST_CONNECTIONS,
            backlog=MOST_ACCEPTED,
            log_config=None,
            log_level="error",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws="websockets-sansio",
            ws_max_size=LARGEST_BODY,
            timeout_graceful_shutdown=SHUTDOWN_TIMEOUT,
        )
    )


async def _end(http: _HttpServer, tasks: Sequence[asyncio.Task[Any]]) -> None:
    """End the tasks, the HTTP server last."""
    serving, *others = tasks
    for task in others:
        task.cancel()
    await asyncio.wait(others)
    http.should_exit = True
    await asyncio.wait([serving])


@contextmanager
def _signals(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> Iterator[None]:
    """Within this, the signals that end a process set ``stop``."""
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


def _journal(folder: Path) -> Journal:
    try:
        return Journal(folder / "journal.sqlite")
    except JournalHeld as error:
        running = read_running(folder)
        who = f" (pid {running.pid}, port {running.port})" if running else ""
        raise EmsyncError(
            f"{folder}: used by another emsync serve{who}; stop it or give another --state"
        ) from error


def _check_videos(options: Options) -> None:
    public = not is_local(options.host) or (
        options.osc_port is not None and not is_local(options.osc_host)
    )
    if public and not options.videos:
        raise EmsyncError(
            "a server that other machines can reach must take films from named folders only; "
            "give --videos FOLDER, or leave out --host and --osc-host"
        )


def _folders(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    for path in paths:
        if not path.is_dir():
            raise EmsyncError(f"--videos {path}: no such folder")
    return tuple(path.resolve() for path in paths)
