"""A client of the server, for scripts. It finds the server by its state folder."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from time import sleep
from typing import Any
from urllib.parse import quote

from bridge.server.jobs import ENDED
from bridge.server.sockets import url
from bridge.state import read_running
from engine.errors import EmsyncError

POLL_INTERVAL = 0.2
"""Seconds from one request for a job's state to the next."""


class Client:
    """A client of the server with the state folder ``folder``.

    Raises EmsyncError if no server runs.
    """

    def __init__(self, folder: Path) -> None:
        running = read_running(folder)
        if running is None:
            raise EmsyncError(f"{folder}: no server runs here; start emsync serve")
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(running.host, running.host)
        self._host, self._port = host, running.port
        self._headers = {"Authorization": f"Bearer {running.token}"}

    def ask(self, method: str, path: str, values: Mapping[str, Any] | None = None) -> Any:
        """The server's answer as parsed JSON. Raises EmsyncError with its error.

        values: the JSON object to send.
        """
        body = None if values is None else json.dumps(values).encode()
        status, content = self._exchange(method, path, body)
        try:
            answer = json.loads(content)
        except ValueError:
            answer = {"error": f"port {self._port} does not answer like emsync serve"}
        if status >= 400:
            raise EmsyncError(answer.get("error", f"the server answered {status}"))
        return answer

    def jobs(self) -> list[dict[str, Any]]:
        """All jobs, the oldest first."""
        found: list[dict[str, Any]] = []
        path = "/jobs"
        while True:
            page = self.ask("GET", path)
            found = page["jobs"] + found
            if page["earlier"] is None:
                return found
            path = f"/jobs?before={quote(page['earlier'], safe='')}"

    def file(self, job: str, name: str) -> bytes:
        """The content of a job's file; raises EmsyncError if there is none."""
        path = f"/jobs/{quote(job, safe='')}/files/{name}"
        status, content = self._exchange("GET", path, None)
        if status >= 400:
            raise EmsyncError(f"job {job}: {name} can't be fetched (status {status})")
        return content

    def follow(self, job: str) -> Iterator[dict[str, Any]]:
        """Yield the job at intervals, until it has ended."""
        while True:
            now = self.ask("GET", f"/jobs/{quote(job, safe='')}")
            yield now
            if now["state"] in ENDED:
                return
            sleep(POLL_INTERVAL)

    def _exchange(self, method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        connection = HTTPConnection(self._host, self._port, timeout=30.0)
        try:
            connection.request(method, path, body, self._headers)
            response = connection.getresponse()
            return response.status, response.read()
        except (OSError, HTTPException) as error:
            raise EmsyncError(
                f"the server at {url(self._host, self._port)} does not answer ({error}); "
                "start emsync serve"
            ) from error
        finally:
            connection.close()
