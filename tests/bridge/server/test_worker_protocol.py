from __future__ import annotations

import json
from pathlib import Path

import pytest

from bridge.scoring.request import Request
from bridge.server import worker_protocol as protocol
from bridge.server.jobs import Kind, State
from engine.live.control import LiveChange, LiveControl
from engine.score import Instrument, Note

TASK = protocol.Task(Kind.ANALYZE, Request("a\nfilm.mp4", seed=3), Path("/pieces/ab"))
EVENTS = [
    protocol.Entered(State.COMPOSING),
    protocol.Progress(0.25),
    protocol.Draft((Note(Instrument.PIANO, 0.5, 1.25, 60, 120),), (0.5, 0.625), 0.75),
    protocol.Draft((), (), 3.0, changes=2),
    protocol.SoundReady(),
    protocol.Warned("short"),
    protocol.Failed("a line\nand another"),
    protocol.Done(),
]
MESSAGES = [
    protocol.Change(LiveChange(4, LiveControl(0.5, -0.25, 9.0, (Instrument.BASS,)))),
    protocol.Change(LiveChange(9, LiveControl())),
    protocol.Finish(),
]


@pytest.mark.parametrize("event", EVENTS, ids=repr)
def test_an_event_is_one_line_and_the_same_after_it(event):
    line = protocol.event_line(event)
    assert line.count(b"\n") == 1
    assert protocol.parse_event(line) == event


def test_a_task_is_one_line_and_the_same_after_it():
    line = protocol.task_line(TASK)
    assert line.count(b"\n") == 1
    assert protocol.parse_task(line) == TASK


@pytest.mark.parametrize("message", MESSAGES, ids=repr)
def test_a_message_is_one_line_and_the_same_after_it(message):
    line = protocol.message_line(message)
    assert line.count(b"\n") == 1 and protocol.is_message(line)
    assert protocol.parse_message(line) == message
    assert not protocol.is_message(protocol.task_line(TASK))


def test_every_message_has_a_type_of_its_own():
    lines = [protocol.task_line(TASK), *map(protocol.event_line, EVENTS)]
    lines += map(protocol.message_line, MESSAGES[1:])
    types = [json.loads(line)["type"] for line in lines]
    assert types == [
        "task", "entered", "progress", "draft", "draft", "sound", "warned", "failed", "done",
        "change", "finish",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"not JSON",
        b"\xff",
        b"[]",
        b"null",
        b"{}",
        b'{"share": 0.5}',
        b'{"type": "finished"}',
        b'{"type": 3}',
        b'{"type": "progress"}',
        b'{"type": "progress", "share": "half"}',
        b'{"type": "entered", "state": "dancing"}',
        b'{"type": "entered", "state": []}',
        b'{"type": "draft", "notes": [["piano", 0]], "chords": [], "until": 1}',
        b'{"type": "draft", "notes": [3], "chords": [], "until": 1}',
        b'{"type": "draft", "notes": [["kazoo", 0, 1, 2, 3]], "chords": [], "until": 1}',
    ],
    ids=repr,
)
def test_other_lines_are_refused(line):
    with pytest.raises(ValueError):
        protocol.parse_event(line)
    with pytest.raises(ValueError):
        protocol.parse_task(line)
    with pytest.raises(ValueError):
        protocol.parse_message(line)


def test_the_error_names_the_type():
    with pytest.raises(ValueError, match="no message of type 'finished'"):
        protocol.parse_event(b'{"type": "finished"}')
