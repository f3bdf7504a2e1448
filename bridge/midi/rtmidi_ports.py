"""A sink of open rtmidi ports."""

from __future__ import annotations

from typing import Any

import rtmidi

from bridge.midi.jack_watchdog import JackWatchdog
from bridge.midi.rtmidi_api import shut
from engine.errors import EmsyncError
from engine.score import Instrument


class Ports:
    """Messages go to an instrument's port at once."""

    def __init__(
        self,
        name: str,
        ports: dict[Instrument, Any],
        names: dict[Instrument, str],
        watchdog: JackWatchdog | None = None,
    ) -> None:
        """ports: open ones; instruments may share one. names: as others see them. watchdog: of the
        JACK server that they are ports of."""
        self.name, self.names = name, names
        self._ports, self._watchdog = ports, watchdog

    def emit(self, instrument: Instrument, message: bytes) -> None:
        """Send now; raises EmsyncError when the port is gone, or JACK stands still."""
        if self._watchdog is not None:
            self._watchdog.check()
        try:
            self._ports[instrument].send_message(message)
        except rtmidi.RtMidiError as error:
            raise EmsyncError(
                f"{self.name}: the port is gone ({error}); connect it, then play again"
            ) from error

    def close(self) -> None:
        """Give the ports back."""
        for port in {id(port): port for port in self._ports.values()}.values():
            shut(port)
        if self._watchdog is not None:
            self._watchdog.close()
