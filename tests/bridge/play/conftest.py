"""A player whose output is a page that can be read."""

from __future__ import annotations

import time

import pytest

from bridge.midi.active_notes import ActiveNotes
from bridge.midi.scheduler import ScheduledOutput
from bridge.play.player import Player
from engine.errors import EmsyncError


class Page:
    """A sink that writes down when what came; ``torn``: the way out is gone; ``held``: it stands
    still."""

    name = "a page"

    def __init__(self):
        self.lines, self.torn, self.held = [], False, False

    def emit(self, instrument, message):
        if self.torn:
            raise EmsyncError("a page: torn")
        self.lines.append((time.monotonic(), message))

    def close(self):
        pass

    def struck(self):
        """The pitches struck so far."""
        return [message[1] for _, message in self.lines if message[0] & 0xF0 == 0x90]

    def sounding(self):
        """The pitches that sound now."""
        held = set()
        for _, message in self.lines:
            if message[0] & 0xF0 == 0x90:
                held.add(message[1])
            elif message[0] & 0xF0 == 0x80:
                held.discard(message[1])
        return held


class PageOutput(ScheduledOutput):
    def trouble(self):
        return "a page: held" if self.sink.held else super().trouble()


@pytest.fixture
def page():
    return Page()


@pytest.fixture
def heard():
    """The moments that the player's listener hears."""
    return []


@pytest.fixture
def player(page, heard, tmp_path):
    player = Player(PageOutput(page, ActiveNotes(tmp_path, "page")), heard.append, reserve=0.2)
    yield player
    player.close()
