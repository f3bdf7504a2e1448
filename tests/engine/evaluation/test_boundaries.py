import math
from itertools import pairwise

import numpy as np
import pytest

from engine.evaluation.boundaries import (
    evaluate,
    note_chords,
    random_boundaries,
    requests,
    without_last,
)
from engine.evaluation.request import Request
from engine.metrics import alignment
from engine.score import Instrument, Note, Score


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def score_with(notes: tuple[float, ...], marks: tuple[float, ...]) -> Score:
    played = tuple(
        Note(Instrument.PIANO, time, time + 1.5, pitch) for time in notes for pitch in (60, 64, 67)
    )
    return Score(played, tuple(np.arange(0, 30, 2.0)), marks, 30.0)


def test_random_boundaries_keep_their_gaps(rng: np.random.Generator) -> None:
    for _ in range(50):
        gaps = [b - a for a, b in pairwise((0.0, *random_boundaries(60, rng)))]
        assert all(4 <= gap <= 15 for gap in gaps)
        assert 60 - sum(gaps) >= 4


def test_requests_have_enough_boundaries_and_both_durations(rng: np.random.Generator) -> None:
    asked = requests(50, rng)
    count = sum(len(request.boundaries) for request in asked)
    assert 50 <= count < 65
    assert {request.duration for request in asked[::2]} == {30.0}
    assert {request.duration for request in asked[1::2]} == {60.0}
    assert asked == requests(50, np.random.default_rng(0))


def test_chords_are_those_of_the_notes() -> None:
    assert note_chords(score_with((4.0, 11.0), (20.0,))) == (4.0, 11.0)


def test_chords_of_notes_and_chord_tokens_are_counted_apart(rng: np.random.Generator) -> None:
    request = Request(30, 0, boundaries=(4.0, 11.5, 20.0))
    report = evaluate([request], [score_with((4.0, 11.0), (20.0,))], rng)
    notes, tokens = report["notes"], report["tokens"]
    assert notes["frame"]["recall"]["value"] == pytest.approx(1 / 3)
    assert notes["second"]["recall"] | {"interval": None} == {
        "value": pytest.approx(2 / 3), "interval": None, "n": 3,
    }  # fmt: skip
    assert notes["second"]["precision"]["value"] == 1
    assert notes["second"]["median_delta"] == 0.25
    assert notes["second"]["shuffled_recall"] < 2 / 3
    assert tokens["frame"]["recall"]["value"] == pytest.approx(1 / 3)
    assert report["notes_by_duration"]["30"]["frame"]["recall"] == notes["frame"]["recall"]


def test_without_chords_recall_is_zero_and_precision_unknown(rng: np.random.Generator) -> None:
    report = evaluate([Request(30, 0, boundaries=(9.0,))], [score_with((), ())], rng)
    assert report["notes"]["second"]["recall"]["value"] == 0
    assert math.isnan(report["notes"]["second"]["precision"]["value"])


def test_a_chord_everywhere_is_no_better_than_shuffled(rng: np.random.Generator) -> None:
    films = [(random_boundaries(30, rng), 30.0) for _ in range(20)]
    chords = [tuple(np.arange(0.5, 30, 1.0))] * 20
    second = alignment.evaluate(films, chords, rng)["second"]
    assert second["recall"]["value"] == 1
    assert second["recall_less_shuffled"] < 0.1
    assert second["precision"]["value"] < 0.2


def test_the_last_chord_of_a_plan_counts_only_where_a_boundary_asks_for_it(
    rng: np.random.Generator,
) -> None:
    request = Request(30.0, 1, boundaries=(8.0,))
    plan = request.plan()
    last = plan.seconds_at(plan.last_chord)
    score = score_with((8.0, last), ())
    report = evaluate([request], [score], rng, free=False)
    assert (report["notes"]["second"]["precision"]["n"], last > 20) == (1, True)
    assert evaluate([request], [score], rng)["notes"]["second"]["precision"]["value"] == 0.5
    asked = Request(30.0, 1, boundaries=(8.0, last))
    assert without_last(asked, (8.0, last)) == (8.0, last)
    # What comes too early is no last chord.
    assert without_last(request, (4.0, 8.0, last - 1.0, last)) == (4.0, 8.0, last - 1.0)
