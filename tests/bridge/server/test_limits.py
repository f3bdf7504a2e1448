"""Floods by OSC, which has no token, leave a bounded number of jobs."""

from __future__ import annotations

import asyncio
import time

import pytest
from pythonosc.udp_client import SimpleUDPClient

from bridge.scoring.network import NetworkOptions
from bridge.scoring.request import Request
from bridge.server import job_queue
from bridge.server.job_files import JobFiles
from bridge.server.job_queue import JobQueue
from bridge.server.jobs import Job, Kind, State
from bridge.server.journal import Journal
from bridge.server.workers import workers
from engine.errors import EmsyncError


def test_a_flood_by_osc_submits_few_jobs_and_reads_in_pages(start, film, tmp_path):
    server = start()
    client = SimpleUDPClient("127.0.0.1", server.running.osc_port)
    for number in range(3):
        client.send_message("/emsync/compose", [f"{tmp_path}/{'a/' * 4000}{number}.mp4"])

    def flood():
        for number in range(300):
            client.send_message("/emsync/compose", [f"/{'a' * 200}/{number}.mp4"])
        # Errors are reported once a second.
        time.sleep(1.2)
        client.send_message("/emsync/compose", [str(film)])
        client.send_message("/emsync/compose", [str(film)])

    (*_, error) = server.events(lambda e: e["event"] == "error" and "too many" in e["text"], flood)
    assert "wait, or use HTTP" in error["text"]
    jobs = server.client.jobs()
    assert 17 <= len(jobs) <= 40 and all(len(job["request"]["video"]) < 250 for job in jobs)
    pages = [server.client.ask("GET", "/jobs?limit=7")]
    while pages[-1]["earlier"]:
        pages.append(server.client.ask("GET", f"/jobs?limit=7&before={pages[-1]['earlier']}"))
    listed = [job["id"] for page in reversed(pages) for job in page["jobs"]]
    assert listed == [job["id"] for job in server.client.jobs()] and len(pages) > 2
    server.end()


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "limit=1e3", "limit="])
def test_a_limit_that_is_no_number_is_refused(server, query):
    with pytest.raises(EmsyncError, match="limit must be a whole number"):
        server.client.ask("GET", f"/jobs?{query}")


def test_pages_before_an_unknown_job_do_not_exist(server):
    with pytest.raises(EmsyncError, match="no job 'x'"):
        server.client.ask("GET", "/jobs?before=x")


@pytest.fixture
def queue(tmp_path, monkeypatch):
    """A queue that keeps four jobs, of which the second failed and the others are done."""
    monkeypatch.setattr(job_queue, "MOST_KEPT", 4)
    journal = Journal(tmp_path / "journal.sqlite")
    states = State.DONE, State.FAILED, State.DONE, State.DONE
    for number, state in enumerate(states):
        request = Request("film.mp4")
        journal.put(Job(f"{number}", Kind.COMPOSE, request, number, number, state))
    files = JobFiles(tmp_path / "pieces")
    yield JobQueue(journal, files, workers(NetworkOptions()), lambda job, event: None)
    journal.close()


def test_a_new_job_replaces_the_oldest_without_a_result(queue):
    new = queue.submit(Kind.COMPOSE, Request("film.mp4"))
    assert [job.id for job in queue.jobs()] == ["0", "2", "3", new.id]
    with pytest.raises(EmsyncError, match="4 jobs are kept already; forget some"):
        queue.submit(Kind.COMPOSE, Request("film.mp4"))
    asyncio.run(queue.cancel(new.id))
    newer = queue.submit(Kind.COMPOSE, Request("film.mp4"))
    assert [job.id for job in queue.jobs()] == ["0", "2", "3", newer.id]
