"""All that a client can ask for, however it asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bridge.play.follow.sync_source import TRANSPORTS, SyncSource
from bridge.scoring.request import parse_request
from bridge.server.job_files import CUES, JobFiles
from bridge.server.job_queue import JobQueue
from bridge.server.jobs import Job, Kind, State, WrongState
from bridge.server.playback import Playback
from bridge.server.security import Guard
from engine.cues import read_cues
from engine.errors import EmsyncError


class Service:
    """Jobs and playing. Raises EmsyncError, in one line, for what can't be done."""

    def __init__(
        self, job_queue: JobQueue, job_files: JobFiles, playback: Playback, guard: Guard
    ) -> None:
        self.job_queue, self.job_files, self.playback = job_queue, job_files, playback
        self._guard = guard

    def submit(self, values: Mapping[str, Any]) -> Job:
        """A new job: its ``kind`` (compose unless told) and the request's options."""
        options = {name: value for name, value in values.items() if name != "kind"}
        kind = values.get("kind", Kind.COMPOSE)
        if kind not in list(Kind):
            raise EmsyncError(f"kind must be one of {', '.join(Kind)}")
        request = parse_request(options)
        request = replace(request, video=self._guard.film(request.video))
        return self.job_queue.submit(Kind(kind), request)

    def regenerate(self, name: str | None, seed: int | None = None) -> Job:
        """A new job for the cue sheet of a job (None: of the piece at hand), with another seed."""
        parent = self.job_queue.job(name) if name else self._at_hand()
        if not parent.ended:
            raise WrongState(f"job {parent.id} is {parent.state}; wait for it or cancel it first")
        request = parent.request
        values = {"video": request.video, "seed": request.seed + 1 if seed is None else seed}
        seeded = replace(request, seed=parse_request(values).seed)
        if CUES in self.job_files.files(parent):
            cues = read_cues(self.job_files.file(parent, CUES))
            # What was wished of the film is in its cue sheet by now, edited or not.
            seeded = replace(
                seeded, cues=cues, start=None, end=None, boundaries=None,
                emotion="auto", valence=None, arousal=None,
            )  # fmt: skip
        return self.job_queue.submit(Kind.COMPOSE, seeded, parent)

    async def cancel(self, job: str) -> Job:
        """Break off a job; if it is being played, silence it."""
        cancelled = await self.job_queue.cancel(job)
        if self.playback.job == job:
            await self.playback.leave()
        return cancelled

    async def forget(self, name: str) -> Job:
        """Remove an ended job and its files."""
        job = self.job_queue.forget(name)
        if self.playback.job == job.id:
            await self.playback.leave()
        return job

    async def play(self, name: str | None = None, seconds: float | None = None) -> None:
        """Play a piece that is finished or composed live (None: the one at hand), from ``seconds``
        on."""
        if seconds is not None and seconds < 0:
            raise EmsyncError(f"play from {seconds:g} s: give 0 or more")
        job = self.job_queue.job(name) if name else self._at_hand()
        if not self.playback.has(job.id, finished=job.state is State.DONE):
            if job.state is not State.DONE or job.kind is not Kind.COMPOSE:
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
    ) -> None:
        """Play as a DAW's transport does; None: no longer."""
        if not transport and (port is not None or offset is not None):
            raise EmsyncError(
                f"port and offset go with a transport; choose from {', '.join(TRANSPORTS)}"
            )
        await self.playback.follow(
            SyncSource(transport, port, offset or 0.0) if transport else None
        )

    def _at_hand(self) -> Job:
        """The piece on playback, else the latest that is done."""
        if self.playback.job is not None:
            return self.job_queue.job(self.playback.job)
        for job in reversed(self.job_queue.jobs()):
            if job.kind is Kind.COMPOSE and job.state is State.DONE:
                return job
        raise WrongState("there is no finished piece; submit a job first")
