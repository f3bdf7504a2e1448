"""A sink that leads nowhere: for a machine without MIDI, where OSC out is enough."""

from __future__ import annotations

from engine.score import Instrument


class NullSink:
    """Messages vanish; time goes on as elsewhere."""

    name = "nowhere"

    def emit(self, instrument: Instrument, message: bytes) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""
