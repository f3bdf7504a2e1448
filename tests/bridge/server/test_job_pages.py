from __future__ import annotations

from bridge.scoring.request import Request
from bridge.server.job_pages import page
from bridge.server.jobs import Job, Kind

JOBS = [Job(f"{n}", Kind.COMPOSE, Request("film.mp4"), float(n), float(n)) for n in range(10)]
LARGE = [Job(f"{n}", Kind.COMPOSE, Request("f" * 400_000), float(n), float(n)) for n in range(5)]


def names(found):
    return [job["id"] for job in found["jobs"]]


def test_a_page_has_the_latest_jobs_and_names_where_earlier_ones_end():
    found = page(JOBS, 4)
    assert names(found) == ["6", "7", "8", "9"] and found["earlier"] == "6"
    assert names(page(JOBS[:6], 6)) == list("012345") and page(JOBS[:6], 6)["earlier"] is None
    assert page([]) == {"jobs": [], "earlier": None}


def test_a_page_of_large_jobs_ends_early_but_has_one():
    assert names(page(LARGE)) == ["3", "4"] and page(LARGE)["earlier"] == "3"
    assert names(page([Job("x", Kind.COMPOSE, Request("f" * 3_000_000), 0, 0)])) == ["x"]
