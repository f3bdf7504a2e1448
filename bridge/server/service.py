"""All that a client can request, over any interface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from bridge.play.follow.sync_source import TRANSPORTS, SyncSource
from bridge.scoring import selection
from bridge.scoring.files import CUES, PLAN
from bridge.scoring.old_score import read_old_score
from bridge.scoring.request_json import parse_request
from bridge.scoring.rescore import planned_hits
from bridge.server.derived_requests import (
    recut_request,
    rescore_request,
    seeded_request,
    with_hits_of_cues,
)
from bridge.server.film_store import FilmStore
from bridge.server.job_files import JobFiles
from bridge.server.job_queue import JobQueue
from bridge.server.jobs import Job, Kind, NoSuchJob, State, WrongState
from bridge.server.live import Live
from bridge.server.playback import Playback
from bridge.server.security import Guard
from engine.cues import CueSheet
from engine.cues_json import read_cues
from engine.errors import EmsyncError
from engine.plan.json_form import read_plan
from engine.plan.plan import Plan
from engine.rescore.moved_hits import NewHits

_FORMER_KINDS = {"analyse": Kind.ANALYZE}
"""Accepted for one release."""


class Service:
    """Jobs and playback. Raises EmsyncError, in one line, for requests that are not possible."""

    def __init__(
        self,
        job_queue: JobQueue,
        job_files: JobFiles,
        playback: Playback,
        guard: Guard,
        film_store: FilmStore,
        live: Live,
    ) -> None:
        self.job_queue, self.job_files, self.playback = job_queue, job_files, playback
        self.film_store, self._guard, self._live = film_store, guard, live

    def submit(self, values: Mapping[str, Any]) -> Job:
        """Queue a new job. values: its ``kind`` (default: compose) and the request's fields."""
        fields = {name: value for name, value in values.items() if name != "kind"}
        kind = values.get("kind", Kind.COMPOSE)
        if not isinstance(kind, str) or (kind := _FORMER_KINDS.get(kind, kind)) not in list(Kind):
            raise EmsyncError(f"kind must be one of {', '.join(Kind)}")
        if kind == Kind.RESCORE or "rescore" in fields:
            raise EmsyncError("rescore: a finished job is rescored; POST /jobs/{id}/rescore")
        if kind == Kind.RECUT or "recut" in fields:
            raise EmsyncError("recut: a finished job is re-cut; POST /jobs/{id}/recut")
        request = parse_request(fields)
        if request.emotion_network is not None:
            # The guard knows films only, and a job must not open any other file.
            raise EmsyncError("emotion_network: only emsync score and emsync analyze take it")
        request = replace(request, video=self._guard.film(request.video))
        return self.job_queue.submit(Kind(kind), request)

    def film(self, path: str) -> str:
        """The absolute path of a film; raises Forbidden where none may come from."""
        return self._guard.film(path)

    def regenerate(
        self,
        name: str | None,
        seed: int | None = None,
        cues: CueSheet | None = None,
        plan: Plan | None = None,
        takes: int | None = None,
        edits: Mapping[str, Any] | None = None,
        performance: Mapping[str, Any] | None = None,
    ) -> Job:
        """Queue a new job with another seed for the cue sheet of an ended job.

        name: the id of that job; None for the loaded piece's. seed: None for the next one.
        cues, plan: in place of that job's. takes: how many; None for as many as that job.
        edits: what the client keeps with the new job. performance: how its notes are played, in
        place of that job's.
        """
        parent = self.job_queue.job(name) if name else self._loaded()
        if not parent.ended:
            raise WrongState(f"job {parent.id} is {parent.state}; wait for it or cancel it first")
        request = self._whole(parent).request
        if request.recut is not None and request.recut.video is None:
            raise WrongState(
                f"job {parent.id} is of an edit list and has no film; rescore it, or re-cut "
                f"{parent.parent} with another seed"
            )
        if parent.kind is Kind.RESCORE and request.plan is not None:
            # Its hits may have moved, and its phrases changed.
            request = replace(request, plan=read_plan(self.job_files.file(parent, PLAN)))
        if cues is None and CUES in self.job_files.files(parent):
            cues = read_cues(self.job_files.file(parent, CUES))
        seed = parent.request.seed + 1 if seed is None else seed
        seeded = seeded_request(request, seed, cues, plan, takes, performance)
        return self.job_queue.submit(Kind.COMPOSE, seeded, parent, edits)

    def rescore(self, name: str | None, values: Mapping[str, Any]) -> Job:
        """Queue a new job that composes a part of a finished piece anew and keeps the rest.

        name: the id of the piece's job; None for the loaded one. values: the selection's fields,
        and of a request's ``seed`` (default: the next one), ``takes``, ``plan``, ``dynamics``,
        ``humanize``, ``expression`` and how the network samples (default: as in the old job).
        ``cues`` is a cue sheet whose hits are taken, in place of ``hits``. The job's selection has
        the bar lines that its times were moved to.
        """
        parent = self._piece(name)
        request = rescore_request(parent.request, values)
        if request.rescore is not None and PLAN in self.job_files.files(parent):
            cues, plan = (self.job_files.file(parent, name) for name in (CUES, PLAN))
            selected = request.rescore.at_bars(read_cues(cues), read_plan(plan))
            request = replace(request, rescore=selected)
        return self.job_queue.submit(Kind.RESCORE, request, parent)

    def recut(self, name: str | None, values: Mapping[str, Any]) -> Job:
        """Queue a new job that scores a new cut and keeps the music of what did not change.

        name: the id of the old cut's job; None for the loaded one. values: the fields of
        :class:`~bridge.scoring.new_cut.CutFiles`, and of a request's those of ``emsync recut``
        (default: as in the old job). Raises Forbidden for a file where none may come from.
        """
        parent = self._piece(name)
        request = recut_request(parent.request, values, self._guard.film)
        return self.job_queue.submit(Kind.RECUT, request, parent)

    def plan_hits(self, name: str, values: Mapping[str, Any]) -> NewHits:
        """The plan that a rescore with other hits would have, at once and without a job.

        values: the fields ``hits`` or ``cues``, ``from``, ``to`` and ``seed`` of that rescore.
        """
        parent = self._piece(name)
        values = {"seed": parent.request.seed + 1, **with_hits_of_cues(values)}
        seed = parse_request({"video": "-", "seed": values.pop("seed")}).seed
        if values.get("hits") is None:
            raise EmsyncError("hits is missing; give the hits to plan for")
        chosen = selection.parse_selection("rescore", values)
        return planned_hits(read_old_score(self.job_files.folder(parent)), chosen, seed)

    async def control(self, name: str | None, values: Mapping[str, Any]) -> dict[str, Any]:
        """Change a piece that is composed live, as :meth:`bridge.server.live.Live.control`.

        name: the id of its job; None for the one that is composed now.
        """
        name = name or self._live.job
        if name is None:
            raise WrongState(
                "no piece is being composed live; submit a job with live, or change a finished "
                "piece with rescore"
            )
        job = self.job_queue.job(name)
        answer = await self._live.control(
            job, values, lambda message: self.job_queue.send(job.id, message)
        )
        # Should the server end, the next one makes the piece again with them.
        self.job_queue.keep_changes(job.id, self._live.changes(job.id))
        return answer

    async def cancel(self, job: str) -> Job:
        """Cancel a job; if its piece is loaded, unload it."""
        cancelled = await self.job_queue.cancel(job)
        await self.playback.unload(job)
        return cancelled

    async def forget(self, name: str) -> Job:
        """Remove an ended job and its files; if its piece is loaded, unload it.

        A film that was uploaded goes with the last job for it.
        """
        job = self.job_queue.forget(name)
        await self.playback.unload(job.id)
        film = job.request.video
        if all(other.request.video != film for other in self.job_queue.jobs()):
            await self.film_store.remove(Path(film))
        return job

    async def play(self, name: str | None = None, seconds: float | None = None) -> None:
        """Play the piece of a job, from ``seconds`` on.

        name: the id of a job that is done, or live and composing; None for the loaded piece's.
        seconds: None for the current position.
        """
        if seconds is not None and seconds < 0:
            raise EmsyncError(f"play from {seconds:g} s: give 0 or more")
        job = self.job_queue.job(name) if name else self._loaded()
        if not self.playback.has(job.id, finished=job.state is State.DONE):
            if job.state is not State.DONE or job.kind is Kind.ANALYZE:
                raise WrongState(
                    f"job {job.id} ({job.kind}) is {job.state}; it has no music yet (a live job "
                    "plays while it is composed)"
                )
            cues = read_cues(self.job_files.file(job, CUES))
            await self.playback.load(job.id, self.job_files.folder(job), cues)
        await self.playback.play(seconds)

    async def follow(
        self,
        transport: str | None = None,
        port: str | None = None,
        offset: float | None = None,
        rate: float | None = None,
    ) -> None:
        """Follow a DAW's transport; None: follow none."""
        if not transport and any(given is not None for given in (port, offset, rate)):
            raise EmsyncError(
                f"port, offset and rate go with a transport; choose from {', '.join(TRANSPORTS)}"
            )
        await self.playback.follow(
            SyncSource(transport, port, offset or 0.0, rate) if transport else None
        )

    def _piece(self, name: str | None) -> Job:
        """A job with a finished piece by its id, else the loaded one's; raises WrongState."""
        found = self.job_queue.job(name) if name else self._loaded()
        if found.state is not State.DONE or found.kind is Kind.ANALYZE:
            raise WrongState(f"job {found.id} ({found.kind}) is {found.state}; it has no music")
        return found

    def _whole(self, job: Job) -> Job:
        """The job that composed the whole of a piece of which this one may have composed a part."""
        while job.kind is Kind.RESCORE and job.parent is not None:
            try:
                job = self.job_queue.job(job.parent)
            except NoSuchJob:
                break
        return job

    def _loaded(self) -> Job:
        """The job of the loaded piece, else the latest job with a finished piece."""
        if self.playback.job is not None:
            return self.job_queue.job(self.playback.job)
        for job in reversed(self.job_queue.jobs()):
            if job.kind is not Kind.ANALYZE and job.state is State.DONE:
                return job
        raise WrongState("there is no finished piece; submit a job first")
