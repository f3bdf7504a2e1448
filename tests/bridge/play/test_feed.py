"""Events are handed over up to a moment, and a loop begins anew at its end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.play.feed import Feed
from bridge.play.playhead import Playhead, Timeline


class Recording:
    """An output that keeps what is handed over: (moment, first byte, pitch)."""

    latency = 0.25

    def __init__(self):
        self.messages = []

    def send(self, when, instrument, message):
        self.messages.append((when, message[0] & 0xF0, message[1]))

    def onsets(self):
        return [(when, pitch) for when, kind, pitch in self.messages if kind == 0x90]


@pytest.fixture
def output():
    return Recording()


@pytest.fixture
def playing(scale):
    """Four notes of half a second from 60 on. The second 0 falls on the moment 100."""
    piece = scale(4, step=0.5, chords=(1.0,))
    return Playhead("playing", piece, known=2.0, timelines=(Timeline(100.0, 0.0),))


def test_what_is_due_is_handed_over_once(output, playing):
    moments = []
    feed = Feed(playing.piece, moments.append)
    assert feed.fill(playing, output, 101.1) is None
    assert output.onsets() == [(100.0, 60), (100.5, 61), (101.0, 62)]
    assert feed.filled == pytest.approx(1.1)
    heard = [(moment.kind, moment.when) for moment in moments]
    assert ("chord", 101.25) in heard and ("note", 101.25) in heard
    feed.fill(playing, output, 110.0)
    assert [pitch for _, pitch in output.onsets()] == [60, 61, 62, 63]
    assert output.messages[-1] == (102.0, 0x80, 63)


def test_nothing_is_handed_over_beyond_what_is_composed(output, playing):
    feed = Feed(playing.piece, lambda moment: None)
    feed.fill(replace(playing, known=0.75), output, 110.0)
    assert [pitch for _, pitch in output.onsets()] == [60, 61] and feed.filled == 0.75


def test_a_loop_gives_the_timeline_of_its_next_turn(output, playing):
    feed = Feed(playing.piece, lambda moment: None)
    playing = replace(playing, loop=(0.5, 1.25))
    turn = feed.fill(playing, output, 101.5)
    assert turn == Timeline(101.25, 0.5) and feed.begin == feed.filled == 0.5
    assert output.messages[-1] == (101.25, 0x80, 62), "the loop's end ends the note"
    assert feed.fill(replace(playing, timelines=(turn,)), output, 101.5) is None
    assert output.onsets()[-1] == (101.25, 61) and feed.filled == 0.75
