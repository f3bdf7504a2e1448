"""The worker processes: one, and another one while a live piece waits to be changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from bridge.scoring.network import NetworkOptions
from bridge.server.worker import Worker

FIRST, FURTHER = 5, 12
"""Niceness of the first process, and of one beside it: what is played live goes first."""


class Workers:
    """Lends workers to jobs. A worker that is given back keeps its process, with its network."""

    def __init__(self, make: Callable[[int], Worker]) -> None:
        """make: makes a worker whose process has this niceness."""
        self._make = make
        self._lent: list[Worker] = []
        self._idle: Worker | None = None

    def lend(self) -> Worker:
        """A worker that nobody else has."""
        worker, self._idle = self._idle, None
        if worker is None:
            worker = self._make(FURTHER if self._lent else FIRST)
        self._lent.append(worker)
        return worker

    async def take_back(self, worker: Worker) -> None:
        """Take a worker back. Of two that are idle, the process with the lower priority ends."""
        self._lent.remove(worker)
        if self._idle is None:
            self._idle = worker
            return
        self._idle, other = sorted((self._idle, worker), key=lambda each: each.niceness)
        await other.kill()

    async def close(self) -> None:
        """Kill all processes."""
        idle = [] if self._idle is None else [self._idle]
        for worker in (*self._lent, *idle):
            await worker.kill()


def workers(network: NetworkOptions, videos: Iterable[Path] = ()) -> Workers:
    """Workers with this network that read films from these folders only (none: from anywhere)."""
    return Workers(lambda niceness: Worker(network, videos, niceness))
