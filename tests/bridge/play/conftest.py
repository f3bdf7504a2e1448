"""A player whose output records the messages."""

from __future__ import annotations

import time

import pytest

from bridge.midi.active_notes import ActiveNotes
from bridge.midi.scheduler import ScheduledOutput
from bridge.play.player import Player
from engine.errors import EmsyncError


class RecordingSink:
    """Records (moment, message). ``gone``: sending fails. ``stalled``: its output has trouble."""

    name = "a recording"

    def __init__(self):
        self.messages, self.gone, self.stalled = [], False, False

    def emit(self, instrument, message):
        if self.gone:
            raise EmsyncError("a recording: unplugged")
        self.messages.append((time.monotonic(), message))

    def close(self):
        pass

    def played(self):
        """The pitches of all note-ons so far."""
        return [message[1] for _, message in self.messages if message[0] & 0xF0 == 0x90]

    def active(self):
        """The pitches of the active notes."""
        active = set()
        for _, message in self.messages:
            if message[0] & 0xF0 == 0x90:
                active.add(message[1])
            elif message[0] & 0xF0 == 0x80:
                active.discard(message[1])
        return active


class RecordingOutput(ScheduledOutput):
    def trouble(self):
        return "a recording: stalled" if self.sink.stalled else super().trouble()


@pytest.fixture
def sink():
    return RecordingSink()


@pytest.fixture
def moments():
    """The moments that the player's listener receives."""
    return []


@pytest.fixture
def player(sink, moments, tmp_path):
    output = RecordingOutput(sink, ActiveNotes(tmp_path, "recording"))
    player = Player(output, moments.append, reserve=0.2)
    yield player
    player.close()
