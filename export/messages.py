"""MIDI messages of files."""

from __future__ import annotations

from typing import TypeVar

from mido import Message, MetaMessage

AnyMessage = TypeVar("AnyMessage", Message, MetaMessage)


def timed(message: AnyMessage, time: int) -> AnyMessage:
    """A copy of a message at another time, in ticks."""
    # Overrides of mido's copy() check every field anew, which takes most of the time of a file.
    copy = message.copy()
    copy.time = time
    return copy
