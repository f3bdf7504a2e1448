"""A recording sink, and an output that sends to it."""

from __future__ import annotations

import pytest

from bridge.midi.active_notes import ActiveNotes
from bridge.midi.scheduler import ScheduledOutput
from engine.errors import EmsyncError


class RecordingSink:
    """Records the messages. ``gone``: sending fails."""

    name = "a recording"

    def __init__(self):
        self.messages, self.gone, self.closed = [], False, False

    def emit(self, instrument, message):
        if self.gone:
            raise EmsyncError("a recording: unplugged")
        self.messages.append((instrument, message.hex()))

    def close(self):
        self.closed = True


@pytest.fixture
def server(jackd):
    """A JACK server for one test."""
    with jackd(256, 200) as process:
        yield process


@pytest.fixture
def sink():
    return RecordingSink()


@pytest.fixture
def output(sink, tmp_path):
    """An output that sends to ``sink``."""
    output = ScheduledOutput(sink, ActiveNotes(tmp_path, "recording"))
    yield output
    output.close()
