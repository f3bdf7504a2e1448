"""The list of jobs in pages: one answer has a bounded size, however many jobs are kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from bridge.server.jobs import Job, job_json

MOST_A_PAGE = 100
"""Jobs in one page."""
_LARGEST = 1 << 20
"""Characters of JSON after which a page ends: a job may hold a whole cue sheet."""


def page(jobs: Sequence[Job], limit: int = MOST_A_PAGE) -> dict[str, Any]:
    """The last of ``jobs`` as JSON, the oldest first, at most ``limit`` and at least one.

    ``earlier`` is the id of the page's first job if others come before it, else None.
    """
    found: list[dict[str, Any]] = []
    size = 0
    for job in reversed(jobs[-limit:]):
        values = job_json(job)
        size += len(json.dumps(values))
        if found and size > _LARGEST:
            break
        found.append(values)
    found.reverse()
    more = len(found) < len(jobs)
    return {"jobs": found, "earlier": found[0]["id"] if more else None}
