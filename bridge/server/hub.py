"""The hub publishes what happens to WebSocket subscribers and to OSC targets.

A subscriber that is too slow delays nobody: it loses its subscription.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bridge.osc.sender import OscSender
from bridge.osc.specs import OUT

MOST_WAITING = 2000
"""The server drops a subscriber that lets more messages than this wait."""
_OVER_OSC = frozenset(address.path.removeprefix("/emsync/") for address in OUT)


class TooSlow(Exception):
    """The subscriber does not keep up."""


class Subscription:
    """The messages of one subscriber, in order."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[str] = asyncio.Queue(MOST_WAITING)
        self._overflowed = asyncio.Event()

    def put(self, text: str) -> None:
        """Append a message, if there is room."""
        try:
            self._waiting.put_nowait(text)
        except asyncio.QueueFull:
            self._overflowed.set()

    async def next(self) -> str:
        """Return the next message; raises TooSlow once a message was lost."""
        if self._overflowed.is_set():
            raise TooSlow
        return await self._waiting.get()


class Hub:
    """Publishes events. ``publish`` may be called from any thread, the rest only in the loop's."""

    def __init__(self, loop: asyncio.AbstractEventLoop, osc: OscSender) -> None:
        """loop: the event loop in which the subscribers wait."""
        self._loop, self._osc = loop, osc
        self._subscribers: set[Subscription] = set()

    def publish(self, kind: str, /, **fields: Any) -> None:
        """Send an event to all subscribers, as a JSON object with its ``event`` and these fields.

        Events that ``bridge.osc.specs.OUT`` lists also go out over OSC.
        """
        if kind in _OVER_OSC:
            self._osc.send(kind, **fields)
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._deliver, {"event": kind, **fields})

    @contextmanager
    def subscription(self) -> Iterator[Subscription]:
        """Subscribe for as long as the block lasts."""
        subscriber = Subscription()
        self._subscribers.add(subscriber)
        try:
            yield subscriber
        finally:
            self._subscribers.discard(subscriber)

    def _deliver(self, event: dict[str, Any]) -> None:
        if self._subscribers:
            text = json.dumps(event)
            for subscriber in self._subscribers:
                subscriber.put(text)
