"""What every way out of here can do."""

from __future__ import annotations

from typing import Protocol

from bridge.midi.lateness import Summary
from engine.score import Instrument

STILL = 1.0
"""Seconds of standing still after which a way out says so."""
CHANNEL_MODES = (123, 120)
"""The controllers All Notes Off and All Sound Off, in the order they are sent."""


class Output(Protocol):
    """Where timed MIDI goes. Times are of ``time.monotonic()``, in seconds.

    All methods may be called from any thread. ``send`` raises EmsyncError when the way out is gone
    (the JACK server stopped, the port was unplugged); ``drop``, ``silence`` and ``close`` never do.
    """

    @property
    def name(self) -> str:
        """For people, e.g. ``"JACK, five ports"``."""

    @property
    def lead(self) -> float:
        """How long before its moment a message must be given, in seconds, to be in time."""

    @property
    def latency(self) -> float:
        """How much later than asked it sends, in seconds, to line up with what is slower."""

    def send(self, when: float, instrument: Instrument, message: bytes) -> None:
        """Queue one message for a moment; callers send in order of time."""

    def drop(self) -> None:
        """Forget all that is queued and not yet sent."""

    def silence(self) -> None:
        """At once: note-off for every sounding note, then CC123 and CC120 on every channel.

        Returns when they are on their way.
        """

    @property
    def gone(self) -> bool:
        """Whether the way out is gone for good: another must be opened."""

    def trouble(self) -> str | None:
        """What keeps it from sending now, in one line; None where nothing does."""

    def lateness(self) -> Summary:
        """How late messages have left so far."""

    def close(self) -> None:
        """Drop, silence, then give the ports back; a second call does nothing."""
