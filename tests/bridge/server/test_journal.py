from __future__ import annotations

import sqlite3
import stat
from dataclasses import replace

import pytest

from bridge.scoring.request import Request
from bridge.server.jobs import Job, Kind, State
from bridge.server.journal import Journal, JournalHeld
from engine.errors import EmsyncError


def job(name: str, state: State, created: float = 1.0) -> Job:
    return Job(name, Kind.COMPOSE, Request("film.mp4"), created, created, state)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.sqlite"


def test_what_was_going_on_is_interrupted_at_the_next_start(path):
    journal = Journal(path)
    for number, state in enumerate(State):
        journal.put(job(state, state, float(number)))
    journal.close()
    states = {j.id: j.state for j in Journal(path).jobs()}
    going_on = {State.QUEUED, State.ANALYSING, State.COMPOSING}
    assert states == {s: State.INTERRUPTED if s in going_on else s for s in State}


def test_jobs_stay_in_order_and_as_last_written(path):
    journal = Journal(path)
    first, second = job("b", State.QUEUED, 1.0), job("a", State.DONE, 2.0)
    for entry in (first, second, replace(first, progress=0.5)):
        journal.put(entry)
    assert journal.jobs() == [replace(first, progress=0.5), second]
    journal.remove(first)
    assert journal.jobs() == [second]


def test_only_its_owner_can_read_it(path):
    journal = Journal(path)
    journal.put(job("a", State.DONE))
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_one_server_at_a_time(path):
    journal = Journal(path)
    with pytest.raises(JournalHeld):
        Journal(path)
    journal.close()
    Journal(path).close()


def test_a_broken_file_and_another_version_are_told_in_one_line(path):
    path.write_bytes(b"not a journal" * 100)
    with pytest.raises(EmsyncError, match="can't be opened"):
        Journal(path)
    path.unlink()
    base = sqlite3.connect(path)
    base.execute("PRAGMA user_version = 99")
    base.close()
    with pytest.raises(EmsyncError, match="another version"):
        Journal(path)
