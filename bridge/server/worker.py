"""The worker process as the server sees it: starts it, gives it tasks, and kills it."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from bridge.scoring.network import NetworkOptions
from bridge.server import worker_protocol as protocol

LONGEST_LINE = 1 << 24
"""The largest line in bytes; a draft of a whole film's notes is far smaller."""


class Worker:
    """At most one process. It is started when it is needed, and again after it died."""

    def __init__(
        self, network: NetworkOptions, videos: Iterable[Path] = (), niceness: int = 0
    ) -> None:
        """videos: the process reads films from these folders only (none: from anywhere).

        niceness: of the process, above that of the server.
        """
        self.niceness = niceness
        self._command = [
            # -P: no module may come from the folder that the server was started in.
            *(sys.executable, "-P", "-m", "bridge.server.worker_process"),
            *("--device", network.device, "--threads", str(network.threads)),
            *("--niceness", str(niceness)),
            *(word for folder in videos for word in ("--videos", str(folder))),
            *(("--model", str(network.model)) if network.model else ()),
            *(("--precision", network.precision) if network.precision else ()),
        ]
        self._process: Process | None = None

    async def perform(
        self, task: protocol.Task, on_event: Callable[[protocol.Event], None]
    ) -> protocol.Done | protocol.Failed:
        """Give the task to the process and wait for its outcome.

        on_event: called with every other event. A process that sends a line which can't be parsed
        is killed, because its state is unknown.
        """
        try:
            process = await self._running()
        except OSError as error:
            return protocol.Failed(f"the worker process can't be started ({error}); try again")
        assert process.stdin is not None and process.stdout is not None
        with suppress(ConnectionError):  # it died: its output ends too
            process.stdin.write(protocol.task_line(task))
            await process.stdin.drain()
        while True:
            try:
                line = await process.stdout.readline()
                if not line:
                    break
                event = protocol.parse_event(line)
            except ValueError as error:  # also of a line that is too long
                await self.kill()
                return protocol.Failed(
                    f"the worker process sent a line that can't be read ({error}); try again"
                )
            if isinstance(event, protocol.Done | protocol.Failed):
                return event
            on_event(event)
        status = await process.wait()
        return protocol.Failed(f"the worker process died (status {status}); try again")

    def send(self, message: protocol.Change | protocol.Finish) -> None:
        """Send a message to the process, if it lives."""
        process = self._process
        if process is not None and process.returncode is None and process.stdin is not None:
            process.stdin.write(protocol.message_line(message))

    async def kill(self) -> None:
        """Kill the process, whatever it is doing."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _running(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                *self._command, stdin=PIPE, stdout=PIPE, limit=LONGEST_LINE
            )
        return self._process
