from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from bridge.scoring.network import NetworkOptions
from bridge.scoring.request import Request
from bridge.server import worker as worker_module
from bridge.server.jobs import Kind
from bridge.server.worker import Worker
from bridge.server.worker_protocol import Done, Failed, Progress, Task

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the process is a shell script")
PROCESS = """#!/bin/sh
read -r task
for answer in '{folder}'/*.answer; do
    mv "$answer" '{folder}/sent'
    cat '{folder}/sent'
    read -r task
done
"""
TASK = Task(Kind.COMPOSE, Request("film.mp4"), Path("/pieces/ab"))


@pytest.fixture
def outcomes(tmp_path, monkeypatch):
    """Perform a task for each of these answers; returns all outcomes and events.

    An answer is the list of lines with which the process answers the task.
    """

    def run(*answers):
        for number, lines in enumerate(answers):
            (tmp_path / f"{number}.answer").write_text("\n".join(lines) + "\n")
        process = tmp_path / "process"
        process.write_text(PROCESS.format(folder=tmp_path))
        process.chmod(0o700)
        monkeypatch.setattr(sys, "executable", str(process))
        events = []

        async def go():
            worker = Worker(NetworkOptions())
            found = [await worker.perform(TASK, events.append) for _ in answers]
            await worker.kill()
            return found

        return asyncio.run(go()), events

    return run


def test_events_are_passed_on_until_the_outcome(outcomes):
    found, events = outcomes(['{"type": "progress", "share": 0.5}', '{"type": "done"}'])
    assert (found, events) == ([Done()], [Progress(0.5)])


@pytest.mark.parametrize("line", ["{}", "Segmentation fault", '{"type": "finished"}'])
def test_a_line_that_can_not_be_parsed_fails_the_job_and_replaces_the_process(outcomes, line):
    (first, second), events = outcomes([line, '{"type": "done"}'], ['{"type": "done"}'])
    assert isinstance(first, Failed) and "can't be read" in first.error
    assert "\n" not in first.error
    assert (second, events) == (Done(), [])


def test_a_line_that_is_too_long_fails_the_job(outcomes, monkeypatch):
    monkeypatch.setattr(worker_module, "LONGEST_LINE", 100)
    (found,), _ = outcomes(["x" * 1000])
    assert isinstance(found, Failed) and "\n" not in found.error
