"""The job queue: jobs run one after the other, and the journal records every change."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from bridge.scoring.request import Request
from bridge.server import worker_protocol as protocol
from bridge.server.job_files import JobFiles
from bridge.server.jobs import Job, Kind, NoSuchJob, NotStored, State, WrongState, moved
from bridge.server.journal import Journal
from bridge.server.worker import Worker
from engine.errors import EmsyncError

MOST_QUEUED = 100
"""The queue refuses more waiting jobs than this."""
MOST_KEPT = 1000
"""Jobs that are kept. For a new one, the oldest without a result makes room."""

Observer = Callable[[Job, protocol.Event | None], None]

log = logging.getLogger(__name__)


class JobQueue:
    """Runs jobs in order. Whatever goes wrong with one fails that job alone.

    observer: called after every change of a job, with the job as it is then. The second argument
    is the worker process's event that caused the change, if one did.
    """

    def __init__(
        self, journal: Journal, job_files: JobFiles, worker: Worker, observer: Observer
    ) -> None:
        self._journal, self._job_files, self._worker = journal, job_files, worker
        self._observer = observer
        self._jobs = {job.id: job for job in journal.jobs()}
        self._queue: asyncio.Queue[str] = asyncio.Queue()
        self._unrecorded: dict[str, Job] = {}
        """Ended jobs that the journal could not take yet."""
        self._running: str | None = None
        """The job that the worker process does."""

    def jobs(self) -> list[Job]:
        """All jobs, the oldest first."""
        return list(self._jobs.values())

    def jobs_before(self, name: str) -> list[Job]:
        """The jobs that are older than this one; raises NoSuchJob."""
        self.job(name)
        names = list(self._jobs)
        return [self._jobs[older] for older in names[: names.index(name)]]

    def job(self, name: str) -> Job:
        """A job by its id; raises NoSuchJob."""
        if name not in self._jobs:
            raise NoSuchJob(f"no job {name[:40]!r}; GET /jobs lists them")
        return self._jobs[name]

    def submit(
        self,
        kind: Kind,
        request: Request,
        parent: Job | None = None,
        edits: Mapping[str, Any] | None = None,
    ) -> Job:
        """Append a new job to the queue. edits: what the client keeps with it.

        If too many jobs are kept, the oldest failed, cancelled or interrupted one is forgotten.

        Raises EmsyncError if the queue is full or every job has a result, and NotStored if the
        disk is full.
        """
        self._job_files.check_space()
        if sum(job.state is State.QUEUED for job in self._jobs.values()) >= MOST_QUEUED:
            raise EmsyncError(f"{MOST_QUEUED} jobs wait already; wait or cancel some")
        if len(self._jobs) >= MOST_KEPT:
            self._make_room()
        now = time.time()
        job = Job(
            id=secrets.token_hex(6),
            kind=kind,
            request=request,
            created=now,
            changed=now,
            parent=None if parent is None else parent.id,
            edits=edits,
        )
        self._record(job)
        self._queue.put_nowait(job.id)
        return job

    def send(self, name: str, message: protocol.Change | protocol.Finish) -> None:
        """Send a message to the process that does a job, unless that has ended."""
        if name == self._running:
            self._worker.send(message)

    async def cancel(self, name: str) -> Job:
        """Cancel a job that is queued or running; raises WrongState if it has ended."""
        job = self.job(name)
        running = job.state is not State.QUEUED
        job = self._record(moved(job, State.CANCELLED, time.time()))
        if running:
            await self._worker.kill()
            self._job_files.remove_partial(job)
        return job

    def forget(self, name: str) -> Job:
        """Remove an ended job and its files; raises WrongState if it has not ended."""
        job = self.job(name)
        if not job.ended:
            raise WrongState(f"job {job.id} is {job.state}; cancel it first")
        # On a full disk the journal can only be written once the files are gone.
        self._job_files.remove(job)
        self._journal.remove(job)
        self._unrecorded.pop(job.id, None)
        del self._jobs[job.id]
        return job

    def _make_room(self) -> None:
        """Forget the oldest job that ended without a result."""
        for job in self._jobs.values():
            if job.ended and job.state is not State.DONE:
                self.forget(job.id)
                return
        raise EmsyncError(f"{MOST_KEPT} jobs are kept already; forget some")

    async def run(self) -> None:
        """Run jobs until cancelled."""
        while True:
            name = await self._queue.get()
            if name in self._jobs and self._jobs[name].state is State.QUEUED:
                await self._run(self._jobs[name])

    async def close(self) -> None:
        """Kill the worker process, and record the jobs that have not ended as interrupted."""
        await self._worker.kill()
        for job in self.jobs():
            if not job.ended:
                self._job_files.remove_partial(job)
                self._record(moved(job, State.INTERRUPTED, time.time()))
        self._record_rest()

    async def _run(self, job: Job) -> None:
        try:
            outcome = await self._perform(job)
        except Exception as error:
            await self._worker.kill()
            if not isinstance(error, EmsyncError):
                log.exception("job %s", job.id)
                error = EmsyncError(f"a fault of emsync's own: {error!r}; the log has more")
            outcome = protocol.Failed(str(error))
        now = self._jobs.get(job.id)
        if now is None or now.ended:
            return
        match outcome:
            case protocol.Failed(text):
                self._job_files.remove_partial(now)
                self._record(moved(now, State.FAILED, time.time(), text), outcome)
            case _:
                self._record(moved(now, State.DONE, time.time()), outcome)

    async def _perform(self, job: Job) -> protocol.Done | protocol.Failed:
        """Have the worker process do the job. Raises NotStored when a change can't be recorded."""
        self._record(moved(job, State.ANALYZING, time.time()))

        def on_event(event: protocol.Event) -> None:
            now = self._jobs.get(job.id)
            if now is None or now.ended:
                return
            match event:
                case protocol.Entered(state):
                    if state is not now.state:
                        self._record(moved(now, state, time.time()), event)
                case protocol.Progress(share):
                    self._update(replace(now, progress=share), event)
                case protocol.Warned(text):
                    self._record(replace(now, warnings=(*now.warnings, text)), event)
                case _:
                    self._update(now, event)

        source = None
        if job.kind in (Kind.RESCORE, Kind.RECUT) and job.parent is not None:
            source = self._job_files.folder(self.job(job.parent))
        task = protocol.Task(job.kind, job.request, self._job_files.folder(job), source)
        self._running = job.id
        try:
            return await self._worker.perform(task, on_event)
        finally:
            self._running = None

    def _record(self, job: Job, event: protocol.Event | None = None) -> Job:
        """Write the job to the journal, then update it.

        A job also ends when the journal can't be written. Other changes raise NotStored then.
        """
        self._record_rest()
        try:
            self._journal.put(job)
        except NotStored:
            if not job.ended:
                raise
            self._unrecorded[job.id] = job
        self._update(job, event)
        return job

    def _record_rest(self) -> None:
        """Try again to record the jobs that the journal could not take when they ended."""
        with suppress(NotStored):
            for job in list(self._unrecorded.values()):
                self._journal.put(job)
                del self._unrecorded[job.id]

    def _update(self, job: Job, event: protocol.Event | None) -> None:
        self._jobs[job.id] = job
        self._observer(job, event)
