"""The interface that every MIDI output implements."""

from __future__ import annotations

from typing import Protocol

from bridge.midi.lateness import Summary
from engine.score import Instrument

CLIENT = "emsync"
"""The name that other MIDI programs show for emsync."""
STALLED_AFTER = 1.0
"""Seconds without progress after which an output reports trouble."""
CHANNEL_MODES = (64, 123, 120)
"""Controllers that end everything, each with the value 0, in the order they are sent: the sustain
pedal, All Notes Off and All Sound Off."""


class Output(Protocol):
    """A sink for timed MIDI. Times are of ``time.monotonic()``, in seconds.

    All methods may be called from any thread. ``send`` raises EmsyncError when the output is gone
    (the JACK server stopped, the port was unplugged); ``drop``, ``silence`` and ``close`` never do.
    ``send``, ``drop``, ``silence`` and ``close`` may block while the driver hangs. The others
    return at once.
    """

    @property
    def name(self) -> str:
        """A label for people, e.g. ``"JACK, five ports"``."""

    @property
    def lead(self) -> float:
        """The seconds before its moment by which a message must be given to be in time."""

    @property
    def latency(self) -> float:
        """The seconds by which messages are sent late on purpose, to align with slower devices."""

    def send(self, when: float, instrument: Instrument, message: bytes) -> None:
        """Queue one message for the moment ``when``. Calls come in order of time."""

    def drop(self) -> None:
        """Discard every message that is queued and not yet sent."""

    def silence(self) -> None:
        """Send at once a note-off for every active note, then CC123 and CC120 on every channel.

        Returns when they are on their way.
        """

    @property
    def gone(self) -> bool:
        """Whether the output is gone for good: another must be opened."""

    def trouble(self) -> str | None:
        """What keeps the output from sending now, in one line; None if nothing does."""

    def lateness(self) -> Summary:
        """How late messages have been sent so far."""

    def close(self) -> None:
        """Drop, silence, then close the ports; a second call does nothing."""
