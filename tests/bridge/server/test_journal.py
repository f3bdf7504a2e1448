from __future__ import annotations

import json
import sqlite3
import stat
from contextlib import closing
from dataclasses import replace

import pytest

from bridge.scoring.request import Request
from bridge.server.jobs import Job, Kind, State, job_json
from bridge.server.journal import Journal, JournalHeld
from engine.errors import EmsyncError
from engine.live.control import LiveChange, LiveControl


def job(name: str, state: State, created: float = 1.0) -> Job:
    return Job(name, Kind.COMPOSE, Request("film.mp4"), created, created, state)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.sqlite"


def test_jobs_that_had_not_ended_are_interrupted_at_the_next_start(path):
    journal = Journal(path)
    for number, state in enumerate(State):
        journal.put(job(state, state, float(number)))
    journal.close()
    states = {j.id: j.state for j in Journal(path).jobs()}
    unfinished = {State.QUEUED, State.ANALYZING, State.COMPOSING, State.RENDERING}
    assert states == {s: State.INTERRUPTED if s in unfinished else s for s in State}


def test_a_live_piece_goes_on_at_the_next_start_with_its_changes(path):
    journal = Journal(path)
    change = LiveChange(3, LiveControl(density=25.0))
    request = Request("film.mp4", seed=7, live=True)
    for state in (State.ANALYZING, State.COMPOSING, State.RENDERING):
        live = Job(state, Kind.COMPOSE, request, 1.0, 1.0, state, 0.5, changes=(change,))
        journal.put(live)
        assert journal.jobs()[-1] == live
    journal.close()
    # So it does after one more start, should that server end before the job does.
    Journal(path).close()
    jobs = {job.id: job for job in Journal(path).jobs()}
    assert jobs["analyzing"].state is State.INTERRUPTED
    for name in ("composing", "rendering"):
        assert (jobs[name].state, jobs[name].progress) == (State.QUEUED, 0.0)
        assert jobs[name].resumed
        assert jobs[name].request == replace(request, live=False, takes=1, changes=(change,))


def test_jobs_keep_their_order_and_are_as_last_written(path):
    journal = Journal(path)
    first, second = job("b", State.QUEUED, 1.0), job("a", State.DONE, 2.0)
    for entry in (first, second, replace(first, progress=0.5)):
        journal.put(entry)
    assert journal.jobs() == [replace(first, progress=0.5), second]
    journal.remove(first)
    assert journal.jobs() == [second]


def test_only_the_owner_can_read_the_journal(path):
    journal = Journal(path)
    journal.put(job("a", State.DONE))
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_only_one_server_holds_the_journal(path):
    journal = Journal(path)
    with pytest.raises(JournalHeld):
        Journal(path)
    journal.close()
    Journal(path).close()


def test_a_broken_file_and_an_unknown_version_are_refused(path):
    path.write_bytes(b"not a journal" * 100)
    with pytest.raises(EmsyncError, match="can't be opened"):
        Journal(path)
    path.unlink()
    base = sqlite3.connect(path)
    base.execute("PRAGMA user_version = 99")
    base.close()
    with pytest.raises(EmsyncError, match="another version"):
        Journal(path)


def test_a_journal_of_version_1_is_migrated(path):
    entry = {
        "kind": "analyse", "state": "analysing", "progress": 0.5, "created": 1.0, "changed": 2.0,
        "error": None, "warnings": [], "parent": None,
    }  # fmt: skip
    film = {"video": 'a "kind": "analyse" film.mp4'}
    requests = {
        "waltz": {**film, "bpm": 90.0, "meter": "3/4"},
        "plain": film,
        "refused since": {**film, "temperature": 0.001},
    }
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE jobs (id TEXT PRIMARY KEY, created REAL, job TEXT)")
    for name, request in requests.items():
        text = json.dumps({"id": name, **entry, "request": request})
        base.execute("INSERT INTO jobs VALUES (?, ?, ?)", (name, 1.0, text))
    base.execute("PRAGMA user_version = 1")
    base.commit()
    base.close()
    journal = Journal(path)
    jobs = {job.id: job for job in journal.jobs()}
    assert jobs.keys() == {"waltz", "plain"}
    for migrated in jobs.values():
        assert (migrated.kind, migrated.state) == (Kind.ANALYZE, State.INTERRUPTED)
        assert migrated.request.video == film["video"]
    assert jobs["waltz"].request.time_signature == "3/4"
    journal.close()
    Journal(path).close()


DAMAGES = {
    "no JSON": "{",
    "an empty object": "{}",
    "a list": "[]",
    "a number": "7",
    "an unknown state": json.dumps({**job_json(job("x", State.DONE)), "state": "dancing"}),
    "no request": json.dumps({**job_json(job("x", State.DONE)), "request": None}),
    "a time in words": json.dumps({**job_json(job("x", State.DONE)), "created": "then"}),
    "no text": None,
    "bytes": b"\xff\xfe",
}


@pytest.mark.parametrize("text", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_entry_is_reported_and_the_rest_starts(path, text):
    journal = Journal(path)
    for name in ("a", "b", "c"):
        journal.put(job(name, State.DONE))
    journal.close()
    with closing(sqlite3.connect(path)) as base:
        base.execute("UPDATE jobs SET job = ? WHERE id = 'b'", (text,))
        base.commit()
    journal = Journal(path)
    assert [found.id for found in journal.jobs()] == ["a", "c"]
    (line,) = journal.damaged
    assert line.startswith(f"{path}: job b can't be read") and "\n" not in line
    journal.put(job("d", State.QUEUED))
    journal.close()


def test_a_damaged_page_costs_its_own_jobs_only(path):
    journal = Journal(path)
    for number in range(100):
        journal.put(job(f"{number:03d}", State.DONE, float(number)))
    journal.close()
    data = bytearray(path.read_bytes())
    middle = data.find(b'"id": "050"') // 4096 * 4096
    data[middle : middle + 4096] = bytes(4096)
    path.write_bytes(data)
    journal = Journal(path)
    found = [entry.id for entry in journal.jobs()]
    assert len(found) > 70 and found[0] == "000" and found[-1] == "099" and "050" not in found
    assert len(journal.damaged) == 100 - len(found)
    assert all("is skipped" in line and "\n" not in line for line in journal.damaged)
    journal.put(job("100", State.DONE, 100.0))
    assert journal.jobs()[-1].id == "100"
    journal.close()
