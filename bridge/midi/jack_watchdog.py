"""Whether a JACK server still goes round.

A server that waits for a client that does not answer stands still, with all that is handed to it,
for as long as twenty times its ``-t``; nothing that is sent fails, it only comes late.
"""

from __future__ import annotations

import time

from bridge.midi.jack import open_client, standing_still
from bridge.midi.output import STILL
from engine.errors import EmsyncError


class JackWatchdog:
    """Watches from outside: a client that takes no part in the server's round."""

    def __init__(self) -> None:
        """Raises EmsyncError when no server runs."""
        self._client = open_client("emsync-watchdog")
        self._frame, self._moved = 0, time.monotonic()

    def check(self) -> None:
        """Raises EmsyncError once the server has stood still for long."""
        frame, now = self._client.last_frame_time, time.monotonic()
        if frame != self._frame:
            self._frame, self._moved = frame, now
        elif now - self._moved > STILL:
            raise EmsyncError(standing_still(now - self._moved))

    def close(self) -> None:
        """Leave."""
        self._client.close()
