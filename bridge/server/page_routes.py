"""The endpoints of the page: its files, links that open it, films, and what it draws."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bridge.scoring.files import ARDOUR, CUES, PLAN
from bridge.scoring.request_json import parse_request
from bridge.server.auth import OPEN
from bridge.server.bodies import json_body
from bridge.server.films import Films, present
from bridge.server.jobs import Job, NoSuchJob
from bridge.server.page_files import PAGE, closed, page_file
from bridge.server.peaks import MOST_POINTS, peaks_json
from bridge.server.service import Service
from bridge.server.sessions import Sessions, cookie_name
from bridge.server.timeline_json import (
    parse_players,
    piece_json,
    plan_timeline_json,
    with_players,
)
from engine.cues_json import read_cues
from engine.emotion.words import EMOTIONS, meaning
from engine.errors import EmsyncError
from engine.plan.json_form import read_plan
from engine.plan.json_form import to_json as plan_to_json
from engine.plan.plan import Plan
from export.piece import REEL, SCORE, SOUNDS, TAKES

_FILM_TYPES = {".mkv": "video/x-matroska", ".mov": "video/quicktime", ".webm": "video/webm"}


class PageRoutes:
    """The endpoints, one a method."""

    def __init__(self, service: Service, sessions: Sessions, films: Films) -> None:
        self._service, self._sessions, self._films = service, sessions, films

    def routes(self) -> Sequence[Route]:
        """All of them."""
        return [
            Route(PAGE, self.page),
            Route(OPEN, self.open),
            Route("/web/{name}", self.asset),
            Route("/links", self.link, methods=["POST"]),
            Route("/words", self.words),
            Route("/films", self.upload, methods=["POST"]),
            Route("/films/check", self.check, methods=["POST"]),
            Route("/plan", self.plan, methods=["POST"]),
            Route("/jobs/{job}/plan", self.plan_hits, methods=["POST"]),
            Route("/jobs/{job}/notes", self.notes),
            Route("/jobs/{job}/peaks", self.peaks),
            Route("/jobs/{job}/film", self.film),
            Route("/jobs/{job}/ardour.zip", self.ardour),
            Route("/jobs/{job}/preview", self.preview),
            Route("/jobs/{job}/preview", self.make_preview, methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        """The page."""
        return page_file("index.html", request.headers["host"])

    async def asset(self, request: Request) -> Response:
        """A file of the page."""
        return page_file(request.path_params["name"], request.headers["host"])

    async def link(self, request: Request) -> Response:
        """A link that opens the page once."""
        await json_body(request)
        host = request.headers["host"]
        return JSONResponse(
            {"link": f"http://{host}{OPEN}?once={self._sessions.new_link()}"}, status_code=201
        )

    async def open(self, request: Request) -> Response:
        """Turn a link into a session, and go to the page."""
        cookie = cookie_name(request.scope["server"][1])
        session = self._sessions.exchange(request.query_params.get("once", ""))
        if session is None:
            # Opened again in a browser that has a session already: from its history, for example.
            known = self._sessions.knows(request.cookies.get(cookie, ""))
            return RedirectResponse(PAGE, 303) if known else closed(request.headers["host"])
        answer = RedirectResponse(PAGE, 303, {"Referrer-Policy": "no-referrer"})
        answer.set_cookie(cookie, session, path="/", httponly=True, samesite="strict")
        return answer

    async def words(self, request: Request) -> Response:
        """Words for emotions, as points of the plane."""
        points = {word: meaning(word)[1] for word in EMOTIONS}
        return JSONResponse({word: [round(v, 3), round(a, 3)] for word, (v, a) in points.items()})

    async def upload(self, request: Request) -> Response:
        """Keep a film that comes as the body; its name is in ``?name=``."""
        name = request.query_params.get("name", "")
        length = request.headers.get("content-length", "")
        size = int(length) if length.isascii() and length.isdecimal() else None
        path = await self._service.film_store.receive(name, size, request.stream())
        try:
            film = await self._films.check(str(path))
        except EmsyncError as error:
            await self._service.film_store.remove(path)
            # The user knows the film by its name; the folder is the server's own.
            raise EmsyncError(str(error).replace(str(path), path.name)) from error
        return JSONResponse(film, 201)

    async def check(self, request: Request) -> Response:
        """What the film at a path is."""
        video = parse_request(await json_body(request)).video
        return JSONResponse(await self._films.check(self._service.film(video)))

    async def plan(self, request: Request) -> Response:
        """The plan for a cue sheet and options, at once and without a job."""
        values = await json_body(request)
        players = parse_players("players", values.pop("players", []))
        asked = parse_request({"video": "-", **values})
        if asked.cues is None:
            raise EmsyncError("cues is missing; give the cue sheet to plan for")
        cues = asked.cues

        def made() -> dict[str, Any]:
            plan = asked.plan_for(cues)
            if plan is None:
                raise EmsyncError("free: a piece in free time has no plan; leave it out")
            plan = with_players(plan, players)
            return {"plan": plan_to_json(plan), **plan_timeline_json(plan, cues.hits)}

        return JSONResponse(await asyncio.to_thread(made))

    async def plan_hits(self, request: Request) -> Response:
        """The plan of a piece with other hits, whose other bars stay as they are."""
        values = await json_body(request)

        def made() -> dict[str, Any]:
            found = self._service.plan_hits(request.path_params["job"], values)
            plan = found.new.plan
            return {
                "plan": plan_to_json(plan),
                "kept": [[round(start, 4), round(end, 4)] for start, end in found.new.spans],
                **plan_timeline_json(plan, found.cues.hits),
            }

        return JSONResponse(await asyncio.to_thread(made))

    async def notes(self, request: Request) -> Response:
        """The notes, bars, chords and phrases of a piece, or with ``?take=2`` of another take."""
        job, files = self._job(request)
        take = request.query_params.get("take", "1")
        name = f"{TAKES}/take-{take}.mid" if take != "1" else REEL if REEL in files else SCORE
        midi = self._service.job_files.file(job, name)

        def made() -> dict[str, Any]:
            folder = self._service.job_files.folder(job)
            plan: Plan | None = read_plan(folder / PLAN) if PLAN in files else None
            return piece_json(midi, plan, read_cues(folder / CUES).hits)

        return JSONResponse(await asyncio.to_thread(made))

    async def peaks(self, request: Request) -> Response:
        """A summary of a piece's sound, for drawing."""
        job, files = self._job(request)
        points = request.query_params.get("points", "2000")
        if not (points.isascii() and points.isdecimal() and 0 < int(points[:9]) <= MOST_POINTS):
            raise EmsyncError(f"points must be a whole number from 1 to {MOST_POINTS}")
        name = next((name for name in SOUNDS if name in files), None)
        if name is None:
            raise NoSuchJob(f"job {job.id} has no sound; GET /jobs/{job.id} lists its files")
        path = self._service.job_files.file(job, name)
        return JSONResponse(await asyncio.to_thread(peaks_json, path, int(points)))

    async def film(self, request: Request) -> Response:
        """The film of a job, whole or a range of its bytes."""
        film = self._film(request)
        kind = _FILM_TYPES.get(film.suffix.lower(), "video/mp4")
        return FileResponse(film, media_type=kind, headers=_MEDIA)

    async def ardour(self, request: Request) -> Response:
        """The folder of a job's Ardour session as one file."""
        job, files = self._job(request)
        inside = [name for name in files if name.startswith(f"{ARDOUR}/")]
        if not inside:
            raise NoSuchJob(f"job {job.id} has no Ardour session; ask for it in exports")
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as file:
            for name in inside:
                file.write(self._service.job_files.file(job, name), name)
        return Response(data.getvalue(), media_type="application/zip")

    async def preview(self, request: Request) -> Response:
        """The preview of a job's film; 404 until it is made."""
        path = self._films.preview_path(self._film(request))
        if not path.exists():
            raise NoSuchJob("there is no preview yet; POST here makes it")
        return FileResponse(path, media_type="video/mp4", headers=_MEDIA)

    async def make_preview(self, request: Request) -> Response:
        """Make a small copy of a job's film that every browser shows."""
        await json_body(request)
        return JSONResponse(self._films.preview(self._film(request)))

    def _film(self, request: Request) -> Path:
        job = self._service.job_queue.job(request.path_params["job"])
        return present(Path(self._service.film(job.request.video)))

    def _job(self, request: Request) -> tuple[Job, list[str]]:
        job = self._service.job_queue.job(request.path_params["job"])
        return job, self._service.job_files.files(job)


_MEDIA = {"Cross-Origin-Resource-Policy": "same-origin", "X-Content-Type-Options": "nosniff"}
