"""Jobs: what the server does for a client, and the states of a job.

A job is queued, analyzing, composing, rendering, then done. From each but the last it can become
failed, cancelled or interrupted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from bridge.scoring.live import change_values, parse_changes
from bridge.scoring.request import Request
from bridge.scoring.request_json import parse_request, request_json
from engine.errors import EmsyncError
from engine.live.control import LiveChange


class NoSuchJob(EmsyncError):
    """The server does not have this job, or the job does not have this file."""


class WrongState(EmsyncError):
    """The request is not possible in the job's present state."""


class NotStored(EmsyncError):
    """The disk is full, or can't be written."""


class Kind(StrEnum):
    """What the job makes: a cue sheet only, a piece, a part of its parent's piece anew, or its
    parent's piece for a new cut."""

    ANALYZE = "analyze"
    COMPOSE = "compose"
    RESCORE = "rescore"
    RECUT = "recut"


class State(StrEnum):
    """The state of a job. ``interrupted``: the server ended before the job did."""

    QUEUED = "queued"
    ANALYZING = "analyzing"
    COMPOSING = "composing"
    RENDERING = "rendering"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


_BROKEN_OFF = frozenset({State.FAILED, State.CANCELLED, State.INTERRUPTED})
_NEXT: Mapping[State, frozenset[State]] = {
    State.QUEUED: _BROKEN_OFF | {State.ANALYZING},
    State.ANALYZING: _BROKEN_OFF | {State.COMPOSING, State.DONE},
    State.COMPOSING: _BROKEN_OFF | {State.RENDERING, State.DONE},
    State.RENDERING: _BROKEN_OFF | {State.DONE},
}
ENDED = frozenset(State) - _NEXT.keys()
"""The states that a job does not leave."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job in its present state.

    created, changed: seconds since 1970. progress: the share of the present state that is done,
    0..1. error: why it failed, in one line. warnings: one line each.
    parent: the id of the job whose cue sheet or piece it uses, or of which it is another version.
    edits: what a client keeps with the job, to change the piece once more; JSON.
    changes: what has changed a live piece while it was played, by rising bar. resumed: it makes a
    live piece again, because the server that played it has ended.
    """

    id: str
    kind: Kind
    request: Request
    created: float
    changed: float
    state: State = State.QUEUED
    progress: float = 0.0
    error: str | None = None
    warnings: tuple[str, ...] = ()
    parent: str | None = None
    edits: Mapping[str, Any] | None = None
    changes: tuple[LiveChange, ...] = ()
    resumed: bool = False

    @property
    def ended(self) -> bool:
        """Whether its state is final."""
        return self.state in ENDED


def moved(job: Job, state: State, now: float, error: str | None = None) -> Job:
    """The job in its next state, entered at ``now``; raises WrongState if it can't enter that."""
    if state not in _NEXT.get(job.state, frozenset()):
        raise WrongState(f"job {job.id} is {job.state} and can't become {state}")
    progress = 1.0 if state is State.DONE else 0.0 if state not in ENDED else job.progress
    return replace(job, state=state, changed=now, progress=progress, error=error)


def goes_on(job: Job) -> bool:
    """Whether the next server goes on with a job whose server ends: with a piece that was played
    while it was composed, or that is made again for that reason."""
    is_played = job.request.live and job.state in (State.COMPOSING, State.RENDERING)
    return is_played or (job.resumed and not job.ended)


def broken_off(job: Job, now: float) -> Job:
    """What becomes of a job that had not ended when its server did.

    A live piece is queued again, to be composed to its end without being played. Its seed and its
    changes give the same music. Any other job is interrupted.
    """
    if not goes_on(job):
        return moved(job, State.INTERRUPTED, now)
    request = replace(job.request, live=False, takes=1, changes=job.changes)
    return replace(
        job, state=State.QUEUED, progress=0.0, changed=now, request=request, resumed=True
    )


def job_json(job: Job) -> dict[str, Any]:
    """The job as a JSON object."""
    return {
        "id": job.id,
        "kind": job.kind.value,
        "state": job.state.value,
        "progress": round(job.progress, 4),
        "created": job.created,
        "changed": job.changed,
        "error": job.error,
        "warnings": list(job.warnings),
        "parent": job.parent,
        "request": request_json(job.request),
        "edits": job.edits,
        "changes": [change_values(change) for change in job.changes],
        "resumed": job.resumed,
    }


def parse_job(values: Mapping[str, Any]) -> Job:
    """The job in a JSON object of ``job_json``."""
    return Job(
        id=values["id"],
        kind=Kind(values["kind"]),
        request=parse_request(values["request"]),
        created=float(values["created"]),
        changed=float(values["changed"]),
        state=State(values["state"]),
        progress=values["progress"],
        error=values["error"],
        warnings=tuple(values["warnings"]),
        parent=values["parent"],
        edits=values.get("edits"),
        changes=parse_changes("changes", values.get("changes", [])),
        resumed=values.get("resumed", False),
    )
