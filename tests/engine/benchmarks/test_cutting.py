from __future__ import annotations

from dataclasses import replace

import pytest

from engine.benchmarks.cut_films.film import make_film
from engine.benchmarks.cut_films.joints import Truth
from engine.benchmarks.cutting import Tally, cutting, match

TRUTH = (
    Truth("cut", "plain", 10, 10),
    Truth("dissolve", "dissolve", 20, 30),
    Truth("cut", "plain", 40, 40),
)


def test_matches_are_one_to_one_within_the_tolerance():
    assert match(TRUTH, [10, 25, 26, 40], 0) == {0: 0, 1: 1, 2: 3}
    assert match(TRUTH, [11, 31, 38], 0) == {}
    assert match(TRUTH, [11, 31, 38], 1) == {0: 0, 1: 1}
    assert match(TRUTH, [11, 31, 38], 2) == {0: 0, 1: 1, 2: 2}
    assert match((), [1], 2) == match(TRUTH, [], 2) == {}


def test_a_tally_counts_by_suite_kind_and_tolerance():
    tally, film = Tally(), replace(make_film(1), truth=TRUTH)
    tally.add(film, [11, 25, 70])
    exact, near = (tally.suites[(film.suite, tolerance)] for tolerance in (0, 1))
    assert (exact.found, exact.false, exact.missed) == (1, 2, 2)
    assert (near.found, near.false, near.missed) == (2, 1, 1)
    assert near.precision == near.recall == near.f1 == pytest.approx(2 / 3)
    # Of one false detection, cuts bear two thirds, as they are two of three transitions.
    assert tally.kind_f1("cut") == pytest.approx(2 / (2 + 2 / 3 + 1))
    assert tally.kind_f1("dissolve") == pytest.approx(2 / (2 + 1 / 3))


def test_the_benchmark_measures_every_detector_on_a_film_without_cuts():
    progress: list[str] = []
    ours, ffmpeg, *_ = cutting([2], progress=progress.append)
    assert progress == ["film 2: no cuts, 0 transitions"]
    assert ours.title == "Transitions: emsync" and "FFmpeg" in ffmpeg.title
    false = {line.what: line.figure for line in ours.lines}
    assert false["false detections in films without cuts"] <= 3
