"""The status file: what the server does now, for scripts that can read files but open no sockets.

REAPER's scripts read it several times a second. A request would cost them a process each time.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from bridge.server.jobs import Job
from bridge.version import own_version

STATUS = "status.json"
"""The file in the state folder. It exists while the server runs."""
INTERVAL = 0.25
"""Seconds from one look at the server to the next."""
HEARTBEAT = 1.0
"""Seconds after which an unchanged status is written again while the server is busy."""
MOST_ENDED = 8
"""Ended jobs that the file lists, beside all that have not ended."""


def status_values(jobs: Sequence[Job], playback: Mapping[str, Any]) -> dict[str, Any]:
    """What the status file says, without its ``count``.

    jobs: all jobs, the oldest first. playback: as ``GET /state``. ``busy`` tells whether a job has
    not ended or a piece plays.
    """
    running = [job for job in jobs if not job.ended]
    ended = sorted((job for job in jobs if job.ended), key=lambda job: job.changed)[-MOST_ENDED:]
    listed = [_listed(job) for job in (*ended, *running)]
    return {
        "server": "emsync",
        "version": own_version(),
        "pid": os.getpid(),
        "busy": bool(running) or playback["state"] in ("playing", "waiting"),
        "playback": playback,
        "jobs": listed,
    }


def _listed(job: Job) -> dict[str, Any]:
    """The fields of a job that change, and those that name it."""
    return {
        "id": job.id,
        "kind": job.kind.value,
        "state": job.state.value,
        "progress": round(job.progress, 3),
        "error": job.error,
        "warnings": list(job.warnings),
        "parent": job.parent,
    }


class StatusFile:
    """Writes the status file whenever the status changes.

    While the server is busy, ``count`` grows at least once a second. So a reader sees a server
    that died.
    """

    def __init__(self, folder: Path, values: Callable[[], dict[str, Any]]) -> None:
        """values: gives what to write, as ``status_values``."""
        self._path, self._values = folder / STATUS, values
        self._written: dict[str, Any] | None = None
        self._count, self._last = 0, 0.0

    async def run(self) -> None:
        """Write until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            self.update(loop.time())
            await asyncio.sleep(INTERVAL)

    def update(self, now: float) -> None:
        """Write the status if it has changed or the heartbeat is due. now: any clock, in seconds.

        A full disk, or a reader that holds the file on Windows, delays it to the next call.
        """
        values = self._values()
        due = values["busy"] and now - self._last >= HEARTBEAT
        if values == self._written and not due:
            return
        beside = self._path.with_name(f".{self._path.name}.part")
        with suppress(OSError):
            text = json.dumps({"count": self._count + 1, **values})
            # Not synced to the disk: it is worthless after a crash, and written often.
            beside.write_text(text, encoding="utf-8")
            beside.chmod(0o600)
            os.replace(beside, self._path)
            self._written, self._last, self._count = values, now, self._count + 1

    def is_busy(self) -> bool:
        """Whether a job has not ended or a piece plays."""
        return bool(self._values()["busy"])

    def remove(self) -> None:
        """Remove the file: the server has ended."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
