"""The service over HTTP and WebSocket, as ``docs/server.md`` describes it."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, NoReturn

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from bridge.play.follow.sync_source import FURTHEST
from bridge.scoring.limits import LONGEST, MOST_TAKES
from bridge.server.auth import TokenAuth
from bridge.server.bodies import json_body
from bridge.server.derived_requests import PERFORMANCE
from bridge.server.film_store import TooLarge
from bridge.server.films import FilmGone
from bridge.server.hub import Hub, TooSlow
from bridge.server.job_pages import MOST_A_PAGE, page
from bridge.server.jobs import Job, NoSuchJob, NotStored, WrongState, job_json
from bridge.server.page_files import NoSuchFile
from bridge.server.page_routes import PageRoutes
from bridge.server.security import Forbidden, Guard
from bridge.server.service import Service
from bridge.server.sessions import Sessions
from bridge.version import own_version
from engine.checks import Check, checked, flag, number, text, whole
from engine.cues_json import from_json as cues_from_json
from engine.errors import EmsyncError
from engine.plan.json_form import from_json as plan_from_json

LONGEST_EDITS = 1 << 17
"""Characters of JSON that a client may keep with a job."""
_MEDIA_TYPES = {
    ".flac": "audio/flac",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".mid": "audio/midi",
    ".mkv": "video/x-matroska",
    ".mov": "video/quicktime",
    ".mp4": "video/mp4",
    ".musicxml": "application/vnd.recordare.musicxml+xml",
    ".npz": "application/octet-stream",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".ardour": "application/xml",
    ".dawproject": "application/zip",
    ".wav": "audio/wav",
    ".rpp": "text/plain; charset=utf-8",
}


def _edits(name: str, value: Any) -> dict[str, Any]:
    """A check for what a client keeps with a job."""
    if not isinstance(value, dict) or len(json.dumps(value)) > LONGEST_EDITS:
        raise EmsyncError(f"{name} must be a JSON object of at most {LONGEST_EDITS} characters")
    return value


_VERSION: Mapping[str, Check] = {
    "seed": whole(0, 2**63 - 1),
    "takes": whole(1, MOST_TAKES),
    "cues": lambda name, value: cues_from_json(json.dumps(value), name),
    "plan": lambda name, value: plan_from_json(json.dumps(value), name),
    "edits": _edits,
    "dynamics": number(0.0, 1.0),
    "humanize": number(0.0, 1.0),
    "expression": flag,
}
"""What another version of a piece may have of its own."""
_STATUS: Mapping[type[Exception], int] = {
    FilmGone: 404, NoSuchFile: 404, NoSuchJob: 404, WrongState: 409, Forbidden: 403,
    NotStored: 507, TooLarge: 413,
}  # fmt: skip


def application(
    service: Service, guard: Guard, hub: Hub, sessions: Sessions, page: PageRoutes
) -> Starlette:
    """The ASGI application."""
    routes = Routes(service, hub)
    return Starlette(
        routes=[
            *page.routes(),
            Route("/health", routes.health),
            Route("/state", routes.state),
            Route("/jobs", routes.jobs),
            Route("/jobs", routes.submit, methods=["POST"]),
            Route("/jobs/{job}", routes.job),
            Route("/jobs/{job}", routes.delete, methods=["DELETE"]),
            Route("/jobs/{job}/regenerate", routes.regenerate, methods=["POST"]),
            Route("/jobs/{job}/rescore", routes.rescore, methods=["POST"]),
            Route("/jobs/{job}/recut", routes.recut, methods=["POST"]),
            Route("/jobs/{job}/control", routes.control, methods=["POST"]),
            Route("/jobs/{job}/files/{name:path}", routes.file),
            Route("/play", routes.play, methods=["POST"]),
            Route("/pause", routes.pause, methods=["POST"]),
            Route("/stop", routes.stop, methods=["POST"]),
            Route("/locate", routes.locate, methods=["POST"]),
            Route("/loop", routes.loop, methods=["POST"]),
            Route("/follow", routes.follow, methods=["POST"]),
            WebSocketRoute("/events", routes.events),
        ],
        middleware=[Middleware(TokenAuth, guard=guard, sessions=sessions)],
        exception_handlers={
            EmsyncError: _error,
            HTTPException: _error,
            ClientDisconnect: _disconnected,
            Exception: _internal_error,
        },
    )


class Routes:
    """The endpoints, one a method."""

    def __init__(self, service: Service, hub: Hub) -> None:
        self._service, self._hub = service, hub
        self._holders = 0
        """How many clients hold the music."""

    async def health(self, request: Request) -> Response:
        """Confirm that the server runs; needs no token."""
        return JSONResponse({"server": "emsync", "version": own_version(), "pid": os.getpid()})

    async def state(self, request: Request) -> Response:
        """The state of playback."""
        return JSONResponse(self._service.playback.state())

    async def jobs(self, request: Request) -> Response:
        """The latest jobs, or with ``?before=ID`` those before that one."""
        before, queue = request.query_params.get("before"), self._service.job_queue
        limit = request.query_params.get("limit", str(MOST_A_PAGE))
        if not (limit.isascii() and limit.isdecimal() and 0 < int(limit[:9]) <= MOST_A_PAGE):
            raise EmsyncError(f"limit must be a whole number from 1 to {MOST_A_PAGE}")
        jobs = queue.jobs() if before is None else queue.jobs_before(before)
        return JSONResponse(page(jobs, int(limit)))

    async def submit(self, request: Request) -> Response:
        """Queue a new job."""
        return self._job(self._service.submit(await json_body(request)), 202)

    async def job(self, request: Request) -> Response:
        """One job."""
        return self._job(self._service.job_queue.job(request.path_params["job"]))

    async def delete(self, request: Request) -> Response:
        """Cancel a job, or with ``?forget=true`` remove an ended one."""
        name = request.path_params["job"]
        match request.query_params.get("forget", "false"):
            case "true":
                return JSONResponse({"forgotten": (await self._service.forget(name)).id})
            case "false":
                return self._job(await self._service.cancel(name))
            case _:
                raise EmsyncError("forget must be true or false")

    async def regenerate(self, request: Request) -> Response:
        """Queue a job for the same cue sheet, or an edited one, with another seed."""
        values = checked(_VERSION, await json_body(request))
        values["performance"] = {name: values.pop(name) for name in PERFORMANCE if name in values}
        return self._job(self._service.regenerate(request.path_params["job"], **values), 202)

    async def rescore(self, request: Request) -> Response:
        """Queue a job that composes a part of a finished piece anew."""
        values = await json_body(request)
        return self._job(self._service.rescore(request.path_params["job"], values), 202)

    async def recut(self, request: Request) -> Response:
        """Queue a job that scores a new cut of a finished piece's film."""
        values = await json_body(request)
        return self._job(self._service.recut(request.path_params["job"], values), 202)

    async def control(self, request: Request) -> Response:
        """Change a piece that is composed live, from one of the next bars on."""
        values = await json_body(request)
        return JSONResponse(await self._service.control(request.path_params["job"], values))

    async def file(self, request: Request) -> Response:
        """A file of a job."""
        job = self._service.job_queue.job(request.path_params["job"])
        path = self._service.job_files.file(job, request.path_params["name"])
        return FileResponse(path, media_type=_MEDIA_TYPES[path.suffix], filename=path.name)

    async def play(self, request: Request) -> Response:
        """Play a job's piece, or the loaded one."""
        values = await self._values(request, job=text, seconds=number(0.0, LONGEST))
        await self._service.play(values.get("job"), values.get("seconds"))
        return await self.state(request)

    async def pause(self, request: Request) -> Response:
        """Pause."""
        await self._values(request)
        await self._service.playback.pause()
        return await self.state(request)

    async def stop(self, request: Request) -> Response:
        """Stop."""
        await self._values(request)
        await self._service.playback.stop()
        return await self.state(request)

    async def locate(self, request: Request) -> Response:
        """Go to a position."""
        values = await self._values(request, seconds=number(0.0, LONGEST))
        if "seconds" not in values:
            raise EmsyncError("seconds is missing; give a time")
        await self._service.playback.locate(**values)
        return await self.state(request)

    async def loop(self, request: Request) -> Response:
        """Repeat a range; without one, end the loop."""
        time = number(0.0, LONGEST)
        await self._service.playback.loop(**await self._values(request, begin=time, end=time))
        return await self.state(request)

    async def follow(self, request: Request) -> Response:
        """Follow a transport; without one, follow none."""
        offset = number(-FURTHEST, FURTHEST)
        values = await self._values(
            request, transport=text, port=text, offset=offset, rate=number()
        )
        await self._service.follow(**values)
        return await self.state(request)

    async def events(self, socket: WebSocket) -> None:
        """Send every event as a JSON message, until either side closes.

        Clients with ``?hold=true`` hold the music: it pauses when the last of them is gone.
        """
        await socket.accept()
        async with self._held(socket.query_params.get("hold") == "true"):
            await self._send_events(socket)

    @asynccontextmanager
    async def _held(self, holds: bool) -> AsyncIterator[None]:
        self._holders += holds
        try:
            yield
        finally:
            self._holders -= holds
            if holds and not self._holders:
                # The executor of a server that ends is closed; its notes have ended.
                with suppress(RuntimeError):
                    await self._service.playback.pause()

    async def _send_events(self, socket: WebSocket) -> None:
        with self._hub.subscription() as subscription:

            async def send() -> NoReturn:
                while True:
                    await socket.send_text(await subscription.next())

            async def wait_for_close() -> None:
                while (await socket.receive())["type"] != "websocket.disconnect":
                    pass

            await socket.send_json({"event": "state", **self._service.playback.state()})
            tasks = [asyncio.create_task(send()), asyncio.create_task(wait_for_close())]
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
            error = done.pop().exception()
        if isinstance(error, TooSlow):
            await socket.close(1013, "too slow: messages were lost")
        elif error is not None and not isinstance(error, WebSocketDisconnect):
            raise error

    async def _values(self, request: Request, **checks: Check) -> dict[str, Any]:
        return checked(checks, await json_body(request))

    def _job(self, job: Job, status: int = 200) -> Response:
        return JSONResponse({**job_json(job), "files": self._service.job_files.files(job)}, status)


async def _error(request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException):
        return JSONResponse({"error": error.detail}, error.status_code, error.headers)
    return JSONResponse({"error": str(error)}, _STATUS.get(type(error), 400))


async def _disconnected(request: Request, error: Exception) -> Response:
    return Response(status_code=400)


async def _internal_error(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": "a fault of emsync's own; the server's log has more"}, 500)
