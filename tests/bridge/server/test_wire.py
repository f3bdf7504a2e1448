from __future__ import annotations

from pathlib import Path

import pytest

from bridge.server import wire
from bridge.server.jobs import Kind, State
from bridge.server.requests import Request
from engine.score import Instrument, Note

EVENTS = [
    wire.Entered(State.COMPOSING),
    wire.Progress(0.25),
    wire.Draft((Note(Instrument.PIANO, 0.5, 1.25, 60, 120),), (0.5, 0.625), 0.75),
    wire.Draft((), (), 3.0),
    wire.Warned("short"),
    wire.Failed("a line\nand another"),
    wire.Done(),
]


@pytest.mark.parametrize("event", EVENTS, ids=repr)
def test_events_cross_on_one_line(event):
    line = wire.event_line(event)
    assert line.count(b"\n") == 1
    assert wire.parse_event(line) == event


def test_tasks_cross_on_one_line():
    task = wire.Task(Kind.ANALYSE, Request("a\nfilm.mp4", seed=3), Path("/pieces/ab"))
    line = wire.task_line(task)
    assert line.count(b"\n") == 1
    assert wire.parse_task(line) == task
