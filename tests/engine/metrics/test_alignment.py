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
    wilson,
)
from engine.score import Instrument, Note

G, P, S = Instrument.GUITAR, Instrument.PIANO, Instrument.STRINGS
TRIAD = (60, 64, 67)


def at_120(seconds: np.ndarray) -> np.ndarray:
    return seconds * 2


def strike(
    instrument: Instrument, onset: float, seconds: float, pitches: tuple[int, ...] = TRIAD
) -> list[Note]:
    return [Note(instrument, onset, onset + seconds, pitch) for pitch in pitches]


def strum(gap: float) -> list[Note]:
    return [Note(G, 1 + i * gap, 3, pitch) for i, pitch in enumerate(TRIAD)]


@pytest.mark.parametrize(
    ("notes", "chords"),
    [
        ([], ()),
        (strike(P, 1, 1), (1.0,)),
        (strike(P, 1, 0.9375), (1.0,)),  # two beats less an eighth
        (strike(P, 1, 0.93), ()),
        (strike(P, 1, 1, (60, 64)), ()),
        (strike(P, 1, 1, (60, 64, 64)), ()),
        (strike(S, 1, 1), ()),
        (strike(P, 1, 1, (60, 64)) + strike(G, 1, 1, (67,)), ()),  # one family has to play it
        (strum(0.03), (1.0,)),
        (strum(0.04), ()),
        (strike(P, 1, 1) + strike(G, 1.1, 1), (1.0,)),  # within a quarter beat: one chord
        (strike(P, 1, 1) + strike(G, 1.125, 1), (1.0, 1.125)),
        (strike(G, 3, 2) + strike(P, 1, 1), (1.0, 3.0)),
        (strike(P, 1, 2) + strike(P, 1.5, 1), (1.5,)),  # struck again: the first three are short
    ],
)
def test_find_chords(notes: list[Note], chords: tuple[float, ...]) -> None:
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
def test_alignment(
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


def test_shares() -> None:
    found = Alignment((0.1, -0.3, 0.2), boundaries=4, chords=6)
    assert (found.recall, found.precision, found.iou) == (3 / 4, 3 / 6, 3 / 7)
    assert found.median_delta == 0.2
    assert math.isnan(Alignment((), 0, 0).recall)


def test_pool_counts_every_boundary_once() -> None:
    pooled = pool([Alignment((0.1,), 1, 2), Alignment((), 3, 1)])
    assert pooled == Alignment((0.1,), 4, 3)


@pytest.mark.parametrize("times", [[2.0, 1.0], [-1.0], [math.nan], [[1.0]]])
def test_alignment_refuses(times: list[float]) -> None:
    with pytest.raises(ValueError, match="chords"):
        alignment([1.0], times)


def test_shuffled_keeps_the_gaps() -> None:
    times = shuffled([1.0, 6.0, 13.0], 20, np.random.default_rng(0))
    gaps = np.diff(times, append=times[0] + 20)
    assert sorted(gaps) == pytest.approx([5.0, 7.0, 8.0])
    assert all(0 <= time < 20 for time in times)
    assert times != pytest.approx((1.0, 6.0, 13.0))


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    # Newcombe (1998), Statist. Med. 17:857, Table I, method 3; and nothing tried
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (0, 0, 0, 1),
    ],
)
def test_wilson(successes: int, trials: int, low: float, high: float) -> None:
    assert wilson(successes, trials) == pytest.approx((low, high), abs=1e-4)


def test_evaluate_is_fit_for_json() -> None:
    report = evaluate([2.0, 9.0], [2.01, 5.0], 10, np.random.default_rng(0))
    assert json.loads(json.dumps(report, allow_nan=False)) == report
    frame = report["frame"]
    assert (frame["matched"], frame["recall"], frame["iou"]) == (1, 0.5, 1 / 3)
    assert report["second"]["shuffled"] > frame["shuffled"]


def test_evaluate_without_boundaries() -> None:
    frame = evaluate([], [], 10, np.random.default_rng(0))["frame"]
    assert frame["recall"] is None and frame["interval"] == [0.0, 1.0]
