"""The composing process as the server sees it: give it a task, hear how it goes, kill it."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from contextlib import suppress

from bridge.scoring.network import NetworkOptions
from bridge.server import worker_protocol as protocol

LONGEST_LINE = 1 << 24
"""Bytes; a draft of a whole film's notes stays well below."""


class Worker:
    """One process at most, started when there is need and again after it died."""

    def __init__(self, network: NetworkOptions) -> None:
        self._words = [
            # -P: what lies in the folder that the server was started in is none of ours.
            *(sys.executable, "-P", "-m", "bridge.server.worker_process"),
            *("--device", network.device, "--threads", str(network.threads)),
            *(("--model", str(network.model)) if network.model else ()),
            *(("--precision", network.precision) if network.precision else ()),
        ]
        self._process: Process | None = None

    async def perform(
        self, task: protocol.Task, hear: Callable[[protocol.Event], None]
    ) -> protocol.Event:
        """Have the task done; ``hear`` is told how it goes. Returns Done or Failed."""
        try:
            process = await self._alive()
        except OSError as error:
            return protocol.Failed(f"the composing process can't be started ({error}); try again")
        assert process.stdin is not None and process.stdout is not None
        with suppress(ConnectionError):  # it died: its output ends, too
            process.stdin.write(protocol.task_line(task))
            await process.stdin.drain()
        async for line in process.stdout:
            event = protocol.parse_event(line)
            if isinstance(event, protocol.Done | protocol.Failed):
                return event
            hear(event)
        status = await process.wait()
        return protocol.Failed(f"the composing process died (status {status}); try again")

    async def kill(self) -> None:
        """End the process, whatever it is doing."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _alive(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                *self._words, stdin=PIPE, stdout=PIPE, limit=LONGEST_LINE
            )
        return self._process
