import json
import math
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.metrics.alignment import (
    Alignment,
    alignment,
    evaluate,
    find_chords,
    pool,
    shuffled,
)
from engine.metrics.statistics import finite
from engine.score import Instrument, Note

G, P, S = Instrument.GUITAR, Instrument.PIANO, Instrument.STRINGS
TRIAD = (60, 64, 67)


def at_120(seconds: np.ndarray) -> np.ndarray:
    return seconds * 2


def chord(
    instrument: Instrument, onset: float, seconds: float, pitches: tuple[int, ...] = TRIAD
) -> list[Note]:
    return [Note(instrument, onset, onset + seconds, pitch) for pitch in pitches]


def strum(gap: float) -> list[Note]:
    """A chord whose notes begin ``gap`` seconds apart."""
    return [Note(G, 1 + i * gap, 3, pitch) for i, pitch in enumerate(TRIAD)]


@pytest.mark.parametrize(
    ("notes", "chords"),
    [
        ([], ()),
        (chord(P, 1, 1), (1.0,)),
        (chord(P, 1, 0.9375), (1.0,)),  # two beats less an eighth
        (chord(P, 1, 0.93), ()),
        (chord(P, 1, 1, (60, 64)), ()),
        (chord(P, 1, 1, (60, 64, 64)), ()),
        (chord(S, 1, 1), ()),
        (chord(P, 1, 1, (60, 64)) + chord(G, 1, 1, (67,)), ()),  # one instrument must play it all
        (strum(0.03), (1.0,)),
        (strum(0.04), ()),
        (chord(P, 1, 1) + chord(G, 1.1, 1), (1.0,)),  # within a quarter beat: one chord
        (chord(P, 1, 1) + chord(G, 1.125, 1), (1.0, 1.125)),
        (chord(G, 3, 2) + chord(P, 1, 1), (1.0, 3.0)),
        (
            chord(P, 1, 2) + chord(P, 1.5, 1),
            (1.5,),
        ),  # played again: the first three notes are short
    ],
)
def test_chords_are_long_and_have_three_pitches_of_one_instrument(
    notes: list[Note], chords: tuple[float, ...]
) -> None:
    assert find_chords(notes, at_120) == pytest.approx(chords)


@pytest.mark.parametrize(
    ("boundaries", "chords", "window", "deltas"),
    [
        ([], [1.0], 1, []),
        ([1.0], [], 1, []),
        ([1.0], [2.0], 1, [1.0]),
        ([1.0], [2.01], 1, []),
        ([5.0], [4.2, 5.1, 5.9], 1, [0.1]),  # the nearest, not the first
        ([1.0, 2.0], [1.9, 2.9], 1, [0.9, 0.9]),  # two pairs before one close pair
        ([1.0, 1.2], [1.1], 1, [0.1]),  # a chord serves one boundary
    ],
)
def test_boundaries_and_chords_match_one_to_one(
    boundaries: list[float], chords: list[float], window: float, deltas: list[float]
) -> None:
    found = alignment(boundaries, chords, window)
    assert np.abs(found.deltas).tolist() == pytest.approx(deltas)
    assert (found.boundaries, found.chords) == (len(boundaries), len(chords))


few_times = st.lists(st.integers(0, 12).map(float), max_size=4).map(sorted)


@given(few_times, few_times)
def test_alignment_is_the_best_of_all_matchings(
    boundaries: list[float], chords: list[float]
) -> None:
    n = min(len(boundaries), len(chords))
    every = (
        tuple(abs(boundaries[i] - chords[j]) for i, j in zip(chosen, partners, strict=True))
        for size in range(n + 1)
        for chosen in combinations(range(len(boundaries)), size)
        for partners in permutations(range(len(chords)), size)
    )
    best = max((len(m), -sum(m)) for m in every if all(d <= 2 for d in m))
    found = alignment(boundaries, chords, 2)
    assert (found.matched, -sum(np.abs(found.deltas))) == best


def test_shares_count_matched_pairs() -> None:
    found = Alignment((0.1, -0.3, 0.2), boundaries=4, chords=6)
    assert (found.recall, found.precision, found.union) == (3 / 4, 3 / 6, 7)
    assert found.median_delta == 0.2
    assert math.isnan(Alignment((), 0, 0).recall)


def test_pool_counts_every_boundary_once() -> None:
    pooled = pool([Alignment((0.1,), 1, 2), Alignment((), 3, 1)])
    assert pooled == Alignment((0.1,), 4, 3)


@pytest.mark.parametrize("times", [[2.0, 1.0], [-1.0], [math.nan], [[1.0]]])
def test_times_must_be_finite_rising_and_not_negative(times: list[float]) -> None:
    with pytest.raises(ValueError, match="chords"):
        alignment([1.0], times)


def test_shuffling_keeps_the_gaps() -> None:
    times = shuffled([1.0, 6.0, 13.0], 20, np.random.default_rng(0))
    gaps = np.diff(times, append=times[0] + 20)
    assert sorted(gaps) == pytest.approx([5.0, 7.0, 8.0])
    assert all(0 <= time < 20 for time in times)
    assert times != pytest.approx((1.0, 6.0, 13.0))


def test_evaluate_pools_films_beside_their_shuffles() -> None:
    films = [((2.0, 9.0), 10.0), ((5.0,), 10.0)]
    report = evaluate(films, [(2.01, 5.0), ()], np.random.default_rng(0))
    frame, second = report["frame"], report["second"]
    assert (frame["recall"]["value"], frame["recall"]["n"]) == (1 / 3, 3)
    assert (frame["precision"]["value"], frame["iou"]["value"]) == (1 / 2, 1 / 4)
    assert (frame["deltas"], frame["median_delta"]) == ([0.01], pytest.approx(0.01))
    assert second["shuffled_recall"] > frame["shuffled_recall"]
    assert second["recall_less_shuffled"] == second["recall"]["value"] - second["shuffled_recall"]


def test_a_report_without_boundaries_is_valid_json() -> None:
    report = finite(evaluate([((), 10.0)], [()], np.random.default_rng(0)))
    assert json.loads(json.dumps(report, allow_nan=False)) == report
    frame = report["frame"]
    assert frame["recall"] == {"value": None, "interval": [0.0, 1.0], "n": 0}


def test_every_film_needs_its_chords() -> None:
    with pytest.raises(ValueError, match="zip"):
        evaluate([((1.0,), 10.0)], [], np.random.default_rng(0))
