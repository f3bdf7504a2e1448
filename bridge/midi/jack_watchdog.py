"""Detects a stalled JACK server.

A server stalls while it waits for a client that does not answer: for up to twenty times its
``-t``. Sending does not fail meanwhile; the messages only arrive late.
"""

from __future__ import annotations

import time

from bridge.midi.jack_client import open_client, stall_message
from bridge.midi.output import STALLED_AFTER
from engine.errors import EmsyncError


class JackWatchdog:
    """Watches the server's frame counter as a client that is not activated."""

    def __init__(self) -> None:
        """Raises EmsyncError when no server runs."""
        self._client = open_client("emsync-watchdog")
        self._frame, self._moved = 0, time.monotonic()

    def check(self) -> None:
        """Raises EmsyncError once the server has stalled for :data:`STALLED_AFTER` seconds."""
        frame, now = self._client.last_frame_time, time.monotonic()
        if frame != self._frame:
            self._frame, self._moved = frame, now
        elif now - self._moved > STALLED_AFTER:
            raise EmsyncError(stall_message(now - self._moved))

    def close(self) -> None:
        """Leave the server."""
        self._client.close()
