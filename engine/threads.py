"""Runs a few jobs at once in threads."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Event

MOMENT = 0.1
"""Seconds between two looks at the jobs that go on when the first has ended."""

Job = Callable[[Event], None]
"""A job. It must return soon after the event is set, as another job has failed."""


def usable_cores() -> int:
    """The processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run_together(jobs: Sequence[Job], waiting: Callable[[], None]) -> None:
    """Run jobs at once: the first in this thread, each other in one of its own.

    waiting: called in this thread, again and again, while only other jobs go on. Raises what a job
    raises, once all have stopped.
    """
    if len(jobs) == 1:
        jobs[0](Event())
        return
    stop = Event()

    def run(job: Job) -> None:
        try:
            job(stop)
        except BaseException:
            stop.set()
            raise

    with ThreadPoolExecutor(len(jobs) - 1) as pool:
        others = [pool.submit(run, job) for job in jobs[1:]]
        try:
            run(jobs[0])
            while wait(others, MOMENT).not_done:
                waiting()
        except BaseException:
            stop.set()
            raise
    for other in others:
        other.result()
