"""The job queue: jobs run one after the other, and the journal records every change.

A live piece waits for changes while it plays, though it is composed. Other jobs run meanwhile; only
live ones wait until it has been played.
"""

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
from bridge.server.jobs import (
    Job,
    Kind,
    NoSuchJob,
    NotStored,
    State,
    WrongState,
    broken_off,
    goes_on,
    moved,
)
from bridge.server.journal import Journal
from bridge.server.worker import Worker
from bridge.server.workers import Workers
from engine.errors import EmsyncError
from engine.live.control import LiveChange

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
        self, journal: Journal, job_files: JobFiles, workers: Workers, observer: Observer
    ) -> None:
        """Jobs of the journal that are queued go on first: an earlier server left them."""
        self._journal, self._job_files, self._workers = journal, job_files, workers
        self._observer = observer
        self._jobs = {job.id: job for job in journal.jobs()}
        self._wake = asyncio.Event()
        """Set when another job may be able to run."""
        self._wake.set()
        self._unrecorded: dict[str, Job] = {}
        """Ended jobs that the journal could not take yet."""
        self._running: dict[str, Worker] = {}
        """The jobs that run, each with its worker."""
        self._first: str | None = None
        """The job that runs and was not set aside; others wait for it."""

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
        self._wake.set()
        return job

    def send(self, name: str, message: protocol.Change | protocol.Finish) -> None:
        """Send a message to the process that does a job, unless that has ended."""
        if name in self._running:
            self._running[name].send(message)

    def set_aside(self, name: str) -> None:
        """Let other jobs run beside this one: a live piece that is composed, but still played."""
        if name == self._first:
            self._first = None
            self._wake.set()

    def keep_changes(self, name: str, changes: tuple[LiveChange, ...]) -> None:
        """Record what has changed a live piece, unless its job has ended or the disk is full."""
        job = self._jobs.get(name)
        if job is not None and not job.ended:
            with suppress(NotStored):
                self._record(replace(job, changes=changes))

    async def cancel(self, name: str) -> Job:
        """Cancel a job that is queued or running; raises WrongState if it has ended."""
        job = self.job(name)
        worker = self._running.get(name)
        job = self._record(moved(job, State.CANCELLED, time.time()))
        if worker is not None:
            await worker.kill()
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
        async with asyncio.TaskGroup() as tasks:
            while True:
                await self._wake.wait()
                self._wake.clear()
                job = self._next() if self._first is None else None
                if job is not None:
                    self._first = job.id
                    self._running[job.id] = self._workers.lend()
                    tasks.create_task(self._run(job.id))

    def _next(self) -> Job | None:
        """The oldest job that may run; a live one may not while another is played."""
        running = [self._jobs[name] for name in self._running if name in self._jobs]
        is_played = any(job.request.live and not job.ended for job in running)
        for job in self._jobs.values():
            if job.state is State.QUEUED and not (job.request.live and is_played):
                return job
        return None

    async def close(self) -> None:
        """Kill the processes, and record the jobs that have not ended as interrupted.

        The next server goes on with live pieces, so these stay as they are.
        """
        await self._workers.close()
        for job in self.jobs():
            if not job.ended:
                self._job_files.remove_partial(job)
                if not goes_on(job):
                    self._record(broken_off(job, time.time()))
        self._record_rest()

    async def _run(self, name: str) -> None:
        worker = self._running[name]
        try:
            job = self._jobs.get(name)
            # It may have been cancelled since it was chosen.
            if job is not None and job.state is State.QUEUED:
                await self._perform(job, worker)
        finally:
            del self._running[name]
            if self._first == name:
                self._first = None
            await self._workers.take_back(worker)
            self._wake.set()

    async def _perform(self, job: Job, worker: Worker) -> None:
        try:
            outcome = await self._outcome(job, worker)
        except Exception as error:
            await worker.kill()
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

    async def _outcome(self, job: Job, worker: Worker) -> protocol.Done | protocol.Failed:
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
        outcome = await worker.perform(task, on_event)
        if isinstance(outcome, protocol.Failed) and source is not None:
            # Clients know the old piece by its job; the folder is the server's own.
            return protocol.Failed(outcome.error.replace(str(source), f"job {job.parent}"))
        return outcome

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
