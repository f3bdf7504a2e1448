"""Tells of everything that happens, to WebSocket listeners and OSC targets alike."""

from __future__ import annotations

import asyncio
from typing import Any

from bridge.osc.sender import OscSender
from bridge.osc.specs import OUT
from bridge.server.hub import Hub

_BY_OSC = frozenset(address.path.removeprefix("/emsync/") for address in OUT)


class Announcer:
    """May be used from any thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop, hub: Hub, osc: OscSender) -> None:
        self._loop, self._hub, self._osc = loop, hub, osc

    def tell(self, kind: str, /, **fields: Any) -> None:
        """``kind`` has happened; by OSC go those that ``bridge.osc.specs`` knows."""
        if kind in _BY_OSC:
            self._osc.send(kind, **fields)
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(lambda: self._hub.publish(kind, **fields))
