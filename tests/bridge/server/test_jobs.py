from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.scoring.request import Request
from bridge.server.jobs import ENDED, Job, Kind, State, WrongState, job_json, moved, parse_job

JOB = Job("ab12", Kind.COMPOSE, Request("film.mp4"), created=1.0, changed=1.0)


def test_a_job_moves_from_state_to_state():
    job = moved(moved(JOB, State.ANALYZING, 2.0), State.COMPOSING, 3.0)
    done = moved(replace(job, progress=0.5), State.DONE, 4.0)
    assert (done.state, done.changed, done.created, done.progress) == (State.DONE, 4.0, 1.0, 1.0)
    assert done.ended and not job.ended


@pytest.mark.parametrize("ended", sorted(ENDED))
def test_an_ended_job_keeps_its_state(ended):
    for state in State:
        with pytest.raises(WrongState, match=f"ab12 is {ended}"):
            moved(replace(JOB, state=ended), state, 2.0)


def test_no_state_can_be_skipped():
    with pytest.raises(WrongState):
        moved(JOB, State.COMPOSING, 2.0)


def test_a_failed_job_has_an_error():
    failed = moved(JOB, State.FAILED, 2.0, "no picture")
    assert job_json(failed)["error"] == "no picture"


def test_jobs_are_the_same_after_json():
    job = replace(JOB, state=State.DONE, progress=1.0, warnings=("short",), parent="cd34")
    assert parse_job(job_json(job)) == job
