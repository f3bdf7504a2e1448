"""The hub: what happens is told to every listener, and a slow one holds up nobody."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

MOST_WAITING = 2000
"""A listener that lets so many messages wait is let go."""


class TooSlow(Exception):
    """The listener does not keep up."""


class Subscription:
    """One listener's messages, in order."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[str] = asyncio.Queue(MOST_WAITING)
        self._late = asyncio.Event()

    def put(self, text: str) -> None:
        """Have a message wait, if there is room."""
        try:
            self._waiting.put_nowait(text)
        except asyncio.QueueFull:
            self._late.set()

    async def next(self) -> str:
        """The next message; raises TooSlow where one was lost."""
        if self._late.is_set():
            raise TooSlow
        return await self._waiting.get()


class Hub:
    """Lives in the event loop's thread."""

    def __init__(self) -> None:
        self._listeners: set[Subscription] = set()

    def publish(self, kind: str, /, **fields: Any) -> None:
        """Tell all listeners: a JSON object with its ``event`` and these fields."""
        if self._listeners:
            text = json.dumps({"event": kind, **fields})
            for listener in self._listeners:
                listener.put(text)

    @contextmanager
    def subscription(self) -> Iterator[Subscription]:
        """Listen for as long as the block lasts."""
        listener = Subscription()
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)
