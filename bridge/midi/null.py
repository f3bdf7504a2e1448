"""A sink that discards messages: for a machine without MIDI, where OSC output is enough."""

from __future__ import annotations

from engine.score import Instrument


class NullSink:
    """Discards every message. Timing is as in other outputs."""

    name = "no MIDI output"

    def emit(self, instrument: Instrument, message: bytes) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""
