"""Connections of HTTP that wait for a request: each for a limited time, and few of them.

A client needs no token to connect and to send half a request. Such connections must not take the
files that a process may open (256 on macOS by default) from everyone else.
"""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from uvicorn.protocols.http.h11_impl import H11Protocol

from bridge.server.rate import RateLimit

HEADER_TIMEOUT = 10.0
"""Seconds that a client may take from connecting to the end of a request's headers."""
MOST_WAITING = 64
"""Connections that may wait for a request; beyond that the one that waits longest is dropped."""
MOST_CONNECTIONS = 160
"""Connections and requests; the server answers 503 beyond that."""
MOST_ACCEPTED = 16
"""Connections that one turn of the event loop accepts; each takes a file before it is counted."""
BACKLOG = 1024
"""Connections that the operating system holds until they are accepted. Beyond that it drops
packets, and a client waits for seconds until it tries again."""
_ERRORS, _ERROR_EVERY = 5, 10.0
"""How many errors of the event loop are logged at once, and the seconds to the next."""


class HttpProtocol(H11Protocol):
    """uvicorn's protocol; it waits for a request's headers for a limited time."""

    _waiting: ClassVar[dict[HttpProtocol, asyncio.TimerHandle]]
    """All connections of the server that wait, the longest first; with their deadlines."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take a part of a request."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_waiting()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        self._stop_waiting()
        if not self.transport.is_closing():
            self._wait()

    def handle_websocket_upgrade(self, event: Any) -> None:
        """Hand the connection over."""
        self._stop_waiting()
        super().handle_websocket_upgrade(event)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._waiting[self] = self.loop.call_later(HEADER_TIMEOUT, self._drop)
        if len(self._waiting) > MOST_WAITING:
            next(iter(self._waiting))._drop()

    def _stop_waiting(self) -> None:
        if (deadline := self._waiting.pop(self, None)) is not None:
            deadline.cancel()

    def _drop(self) -> None:
        self._stop_waiting()
        self.transport.abort()


def http_protocol() -> type[HttpProtocol]:
    """The protocol of one server, whose connections are counted together."""

    class Protocol(HttpProtocol):
        _waiting: ClassVar = {}

    return Protocol


def limit_log(loop: asyncio.AbstractEventLoop) -> None:
    """Log errors of the event loop at a limited rate.

    It reports each connection that it can't accept, which could fill a disk.
    """
    rate = RateLimit(_ERRORS, _ERROR_EVERY)

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if rate.allows(loop.time()):
            loop.default_exception_handler(context)

    loop.set_exception_handler(handle)
