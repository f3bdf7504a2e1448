"""Ends a server that nobody uses, such as one that a script started."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

LOOK = 1.0
"""Seconds from one look at the server to the next."""


class IdleWatch:
    """ASGI middleware that knows since when the server is idle.

    A server is idle while no request and no WebSocket is open and ``busy`` is false.
    """

    def __init__(self, app: ASGIApp, busy: Callable[[], bool]) -> None:
        self._app, self._busy = app, busy
        self._open, self._used = 0, True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        self._open, self._used = self._open + 1, True
        try:
            await self._app(scope, receive, send)
        finally:
            self._open -= 1

    async def wait(self, seconds: float) -> None:
        """Return once the server has been idle for this long."""
        loop = asyncio.get_running_loop()
        since = loop.time()
        while loop.time() - since < seconds:
            await asyncio.sleep(min(LOOK, seconds / 4))
            if self._open or self._used or self._busy():
                since, self._used = loop.time(), False
