"""A player whose output is a page that can be read."""

from __future__ import annotations

import time

import pytest

from bridge.midi.sender import SentOutput
from bridge.midi.sounding import Sounding
from bridge.play.piece import Piece
from bridge.play.player import Player
from engine.errors import EmsyncError
from engine.score import Instrument, Note


class Page:
    """A sink that writes down when what came; ``torn``: the way out is gone."""

    name = "a page"

    def __init__(self):
        self.lines, self.torn = [], False

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


@pytest.fixture
def page():
    return Page()


@pytest.fixture
def heard():
    """The moments that the player's listener hears."""
    return []


@pytest.fixture
def player(page, heard, tmp_path):
    player = Player(SentOutput(page, Sounding(tmp_path, "page")), heard.append, reserve=0.2)
    yield player
    player.close()


@pytest.fixture(scope="session")
def scale():
    """A piece of notes one after another, each as long as the step between them."""

    def piece(number=10, step=0.05, first=60, **more):
        notes = (Note(Instrument.PIANO, n * step, (n + 1) * step, first + n) for n in range(number))
        fields = {"chords": (), "boundaries": (), **more}
        return Piece(tuple(notes), duration=number * step, **fields)

    return piece


@pytest.fixture(scope="session")
def soon():
    """Whether something comes true within some seconds."""

    def wait(condition):
        end = time.monotonic() + 10
        while not condition() and time.monotonic() < end:
            time.sleep(0.005)
        return condition()

    return wait
