from __future__ import annotations

from pathlib import Path

import pytest

from bridge.scoring.request import Request
from bridge.server import worker_protocol as protocol
from bridge.server.jobs import Kind, State
from engine.score import Instrument, Note

EVENTS = [
    protocol.Entered(State.COMPOSING),
    protocol.Progress(0.25),
    protocol.Draft((Note(Instrument.PIANO, 0.5, 1.25, 60, 120),), (0.5, 0.625), 0.75),
    protocol.Draft((), (), 3.0),
    protocol.Warned("short"),
    protocol.Failed("a line\nand another"),
    protocol.Done(),
]


@pytest.mark.parametrize("event", EVENTS, ids=repr)
def test_events_cross_on_one_line(event):
    line = protocol.event_line(event)
    assert line.count(b"\n") == 1
    assert protocol.parse_event(line) == event


def test_tasks_cross_on_one_line():
    task = protocol.Task(Kind.ANALYSE, Request("a\nfilm.mp4", seed=3), Path("/pieces/ab"))
    line = protocol.task_line(task)
    assert line.count(b"\n") == 1
    assert protocol.parse_task(line) == task
