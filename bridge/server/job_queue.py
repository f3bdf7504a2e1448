"""The job_queue: jobs wait in line, one is worked on, all are in the journal."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import replace

from bridge.scoring.request import Request
from bridge.server import worker_protocol as protocol
from bridge.server.job_files import JobFiles
from bridge.server.jobs import Job, Kind, NoSuchJob, State, WrongState, moved
from bridge.server.journal import Journal
from bridge.server.worker import Worker
from engine.errors import EmsyncError

LONGEST_LINE = 100
"""So many jobs may wait; more are refused."""

Witness = Callable[[Job, protocol.Event | None], None]


class JobQueue:
    """Does jobs, one after the other.

    witness: called with the job as it now is on every change of it, and with what the composing
    process told where that is the reason.
    """

    def __init__(
        self, journal: Journal, job_files: JobFiles, worker: Worker, witness: Witness
    ) -> None:
        self._journal, self._job_files, self._worker = journal, job_files, worker
        self._witness = witness
        self._jobs = {job.id: job for job in journal.jobs()}
        self._line: asyncio.Queue[str] = asyncio.Queue()

    def jobs(self) -> list[Job]:
        """All jobs, the oldest first."""
        return list(self._jobs.values())

    def job(self, name: str) -> Job:
        """A job by its id; raises NoSuchJob."""
        if name not in self._jobs:
            raise NoSuchJob(f"no job {name[:40]!r}; GET /jobs lists them")
        return self._jobs[name]

    def submit(self, kind: Kind, request: Request, parent: Job | None = None) -> Job:
        """A new job at the end of the line. Raises EmsyncError where the line is too long."""
        if sum(job.state is State.QUEUED for job in self._jobs.values()) >= LONGEST_LINE:
            raise EmsyncError(f"{LONGEST_LINE} jobs wait already; wait or cancel some")
        now = time.time()
        job = Job(
            id=secrets.token_hex(6),
            kind=kind,
            request=request,
            created=now,
            changed=now,
            parent=None if parent is None else parent.id,
        )
        self._note(job)
        self._line.put_nowait(job.id)
        return job

    async def cancel(self, name: str) -> Job:
        """End a job that waits or goes on; raises WrongState where it has ended."""
        job = self.job(name)
        worked_on = job.state is not State.QUEUED
        job = self._note(moved(job, State.CANCELLED, time.time()))
        if worked_on:
            await self._worker.kill()
            self._job_files.sweep(job)
        return job

    def forget(self, name: str) -> Job:
        """Remove an ended job and its files; raises WrongState where it goes on."""
        job = self.job(name)
        if not job.ended:
            raise WrongState(f"job {job.id} is {job.state}; cancel it first")
        del self._jobs[job.id]
        self._journal.remove(job)
        self._job_files.remove(job)
        return job

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            name = await self._line.get()
            if name in self._jobs and self._jobs[name].state is State.QUEUED:
                await self._work(self._jobs[name])

    async def close(self) -> None:
        """Break off what goes on; the journal says so."""
        await self._worker.kill()
        for job in self.jobs():
            if not job.ended:
                self._note(moved(job, State.INTERRUPTED, time.time()))
                self._job_files.sweep(job)

    async def _work(self, job: Job) -> None:
        self._note(moved(job, State.ANALYSING, time.time()))

        def hear(event: protocol.Event) -> None:
            now = self._jobs.get(job.id)
            if now is None or now.ended:
                return
            match event:
                case protocol.Entered(state):
                    if state is not now.state:
                        self._note(moved(now, state, time.time()), event)
                case protocol.Progress(share):
                    self._tell(replace(now, progress=share), event)
                case protocol.Warned(text):
                    self._note(replace(now, warnings=(*now.warnings, text)), event)
                case _:
                    self._tell(now, event)

        task = protocol.Task(job.kind, job.request, self._job_files.folder(job))
        end = await self._worker.perform(task, hear)
        now = self._jobs.get(job.id)
        if now is None or now.ended:
            return
        match end:
            case protocol.Failed(error):
                self._job_files.sweep(now)
                self._note(moved(now, State.FAILED, time.time(), error), end)
            case _:
                self._note(moved(now, State.DONE, time.time()), end)

    def _note(self, job: Job, event: protocol.Event | None = None) -> Job:
        """Write the job down, then tell of it."""
        self._journal.put(job)
        self._tell(job, event)
        return job

    def _tell(self, job: Job, event: protocol.Event | None) -> None:
        self._jobs[job.id] = job
        self._witness(job, event)
