"""Outputs whose messages can be looked at."""

from __future__ import annotations

import pytest

from bridge.midi.active_notes import ActiveNotes
from bridge.midi.scheduler import ScheduledOutput
from engine.errors import EmsyncError


class Page:
    """A sink that writes down; ``torn``: the way out is gone."""

    name = "a page"

    def __init__(self):
        self.lines, self.torn, self.closed = [], False, False

    def emit(self, instrument, message):
        if self.torn:
            raise EmsyncError("a page: torn")
        self.lines.append((instrument, message.hex()))

    def close(self):
        self.closed = True


@pytest.fixture
def server(jackd):
    """A JACK server of the test's own."""
    with jackd(256, 200) as process:
        yield process


@pytest.fixture
def page():
    return Page()


@pytest.fixture
def written(page, tmp_path):
    """An output that writes to ``page``."""
    output = ScheduledOutput(page, ActiveNotes(tmp_path, "page"))
    yield output
    output.close()
