import threading
import time

import pytest

from engine.threads import run_together, usable_cores


def test_there_is_a_core_to_use():
    assert usable_cores() >= 1


def test_the_first_job_runs_in_the_calling_thread_and_each_other_in_its_own():
    ran = {}
    barrier = threading.Barrier(3)

    def job(number):
        def run(stop):
            barrier.wait(10)  # all three are there at once
            ran[number] = threading.get_ident()

        return run

    run_together([job(number) for number in range(3)], lambda: None)
    assert ran[0] == threading.get_ident()
    assert len(set(ran.values())) == 3


def test_waiting_is_called_in_the_calling_thread_while_others_go_on():
    seen = []
    released = threading.Event()

    def waiting():
        seen.append(threading.get_ident())
        released.set()

    run_together([lambda stop: None, lambda stop: released.wait(10)], waiting)
    assert set(seen) == {threading.get_ident()}


@pytest.mark.parametrize("failing", [0, 1])
def test_a_job_that_fails_stops_the_others_and_raises(failing):
    stopped = []

    def fail(stop):
        raise ValueError("no")

    def go_on(stop):
        stopped.append(stop.wait(10))

    jobs = [go_on, go_on]
    jobs[failing] = fail
    begun = time.monotonic()
    with pytest.raises(ValueError, match="no"):
        run_together(jobs, lambda: None)
    assert stopped == [True]
    assert time.monotonic() - begun < 9
