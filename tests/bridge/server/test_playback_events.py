from __future__ import annotations

import math

import pytest

from bridge.play.piece import Moment, Status
from bridge.server.playback_events import Watcher, publish_moment
from engine.score import Instrument, Note
from engine.section import Section

from .test_playback import RecordingHub

SECTIONS = (Section(0, 2, {}, 0.5, math.nan, "test"), Section(2, 4, {}, -0.5, 0.25, "test"))


def status(state="playing", position=0.0, **more):
    return Status(state, position, 4.0, None, 0.0, 0, None, **more)


@pytest.fixture
def hub():
    return RecordingHub()


def of_kind(hub, kind):
    return [event for event in hub if event["event"] == kind]


def test_the_state_is_published_once_a_second(hub):
    watcher = Watcher(hub)
    for step in range(21):
        watcher.update(status("stopped"), "a job", (), 100 + step / 10)
    assert [event["job"] for event in of_kind(hub, "state")] == ["a job"] * 3


def test_an_error_is_published_when_it_begins(hub):
    watcher = Watcher(hub)
    for trouble in (None, "stalled", "stalled", None, "stalled"):
        watcher.update(status(trouble=trouble), None, (), 0.0)
    watcher.update(status(fault="unplugged"), None, (), 0.0)
    assert [event["text"] for event in of_kind(hub, "error")] == ["stalled", "stalled"]


def test_each_shortage_of_music_is_an_error(hub):
    watcher = Watcher(hub)
    for shortage in (None, "at 2 s", "at 2 s", "at 9 s", None):
        watcher.update(status("waiting", shortage=shortage), "a job", (), 0.0)
    assert [event["text"] for event in of_kind(hub, "error")] == ["at 2 s", "at 9 s"]


def test_the_emotion_is_published_when_a_section_begins(hub):
    watcher = Watcher(hub)
    for state, position in [("stopped", 0.0), *(("playing", p) for p in (0, 1, 2, 3, 1, 4))]:
        watcher.update(status(state, position), "a job", SECTIONS, 0.0)
    emotions = [(e["seconds"], e["valence"], e["arousal"]) for e in of_kind(hub, "emotion")]
    assert emotions == [(0, 0.5, None), (2, -0.5, 0.25), (0, 0.5, None)]


def test_moments_are_published_with_their_fields(hub):
    note = Note(Instrument.BASS, 1.0, 1.5, 40, 90)
    publish_moment(hub, Moment("note", 1.0, 0.0, note=note), "a job")
    publish_moment(hub, Moment("chord", 2.0, 0.0), "a job")
    publish_moment(hub, Moment("state", 0.0, 0.0, status=status("paused", 1.23456)), "a job")
    assert hub[0] == {
        "event": "note", "instrument": "bass", "pitch": 40, "velocity": 90, "seconds": 1.0,
        "duration": 0.5,
    }  # fmt: skip
    assert hub[1] == {"event": "chord", "seconds": 2.0}
    assert (hub[2]["state"], hub[2]["seconds"], hub[2]["job"]) == ("paused", 1.235, "a job")
