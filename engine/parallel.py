"""Runs many jobs in several processes."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from typing import TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")
Progress = Callable[[float], None]


def spread(
    function: Callable[[Job], Result],
    jobs: Sequence[Job],
    workers: int = 1,
    progress: Progress | None = None,
) -> list[Result]:
    """The results of ``function`` for every job, in order.

    workers: processes; 1 means this process. For more, ``function``, jobs and results must be
    picklable. progress: receives the number of jobs that are done.
    """
    results: list[Result] = []

    def take(result: Result) -> None:
        results.append(result)
        if progress is not None:
            progress(len(results))

    if workers > 1 and len(jobs) > 1:
        # Forking would copy the threads of the runtime in an undefined state.
        with multiprocessing.get_context("spawn").Pool(workers) as pool:
            for result in pool.imap(function, jobs):
                take(result)
    else:
        for job in jobs:
            take(function(job))
    return results
