"""The cue sheet that a request asks for, and the times that do not fit its film."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from bridge.scoring.analysis import analyze_film
from bridge.scoring.request import Request
from engine.errors import EmsyncError
from engine.hits import hits_at
from engine.plan.plan import Plan


@contextmanager
def phases(phase: str) -> Iterator[Callable[[float], None]]:
    yield lambda share: None


def test_boundaries_beyond_the_end_are_refused(clip):
    with pytest.raises(EmsyncError, match=r"number 2 \(99 s\) is beyond the end, 9.0"):
        analyze_film(Request(str(clip), boundaries=hits_at((1.0, 99.0))), phases)


def test_a_plan_of_another_length_is_refused(clip):
    plan = Plan(20.0, ((0, 0.0), (40, 20.0)), (4,))
    with pytest.raises(EmsyncError, match=r"plan: it lasts 20.000 s, but the film 9.0"):
        analyze_film(Request(str(clip), plan=plan), phases)
    with pytest.raises(EmsyncError, match="the plan has its own"):
        Request(str(clip), plan=plan, bpm=100.0)


def test_times_that_do_not_fit_are_refused_before_the_film_is_analyzed(clip, monkeypatch):
    monkeypatch.setattr("bridge.scoring.analysis.measure", lambda *_: pytest.fail("too late"))
    plan = Plan(20.0, ((0, 0.0), (40, 20.0)), (4,))
    for request in (
        Request(str(clip), plan=plan),
        Request(str(clip), plan=plan, start=1.0, end=4.0),
        Request(str(clip), boundaries=hits_at((1.0, 99.0))),
    ):
        with pytest.raises(EmsyncError, match=r"^plan: it lasts 20|^boundaries: number 2"):
            analyze_film(request, phases)


@pytest.mark.parametrize(
    ("part", "complaint"),
    [({"start": 99.0}, "no frame from 99 s"), ({"end": 99.0}, "beyond the film")],
)
def test_a_part_that_the_film_does_not_have_is_refused_as_such(clip, part, complaint):
    with pytest.raises(EmsyncError, match=complaint) as caught:
        analyze_film(Request(str(clip), boundaries=hits_at((1.0,)), **part), phases)
    assert "boundaries" not in str(caught.value)


def test_a_plan_fits_a_part_of_the_film(clip):
    plan = Plan(5.0, ((0, 0.0), (10, 5.0)), (4,))
    assert analyze_film(Request(str(clip), plan=plan, start=2.0, end=7.0), phases).duration == 5.0
