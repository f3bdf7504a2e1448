"""Many like jobs by several processes."""

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
    """``function`` of every job, in order.

    workers: processes; 1 does all in this one. ``function``, jobs and results must be picklable
    for more. progress: is told how many jobs are done.
    """
    results: list[Result] = []

    def take(result: Result) -> None:
        results.append(result)
        if progress is not None:
            progress(len(results))

    if workers > 1 and len(jobs) > 1:
        # Forking would copy the threads of the runtime in whatever state they are.
        with multiprocessing.get_context("spawn").Pool(workers) as pool:
            for result in pool.imap(function, jobs):
                take(result)
    else:
        for job in jobs:
            take(function(job))
    return results
