from __future__ import annotations

import math

import numpy as np
import pytest

from engine.metrics.av_align import AvAlign, av_align, evaluate, flow_peaks, note_onsets


@pytest.mark.parametrize(
    ("onsets", "peaks", "window", "matched"),
    [
        ([1.0], [1.05], 0.1, 1),
        ([1.0], [1.5], 0.5, 0),  # strictly less
        ([1.0, 1.1], [1.05], 0.2, 1),  # a peak serves one onset
        ([1.0, 1.2], [0.9, 1.3], 0.25, 2),
        ([1.0, 1.5], [0.4, 1.4, 1.6], 0.7, 2),
        ([1.0, 1.1], [0.8, 2.0], 0.5, 1),
        ([], [1.0], 1.0, 0),
    ],
)
def test_each_onset_takes_the_first_unused_peak(onsets, peaks, window, matched):
    found = av_align(onsets, peaks, window)
    assert (found.matched, found.onsets, found.peaks) == (matched, len(onsets), len(peaks))


def test_the_score_counts_each_pair_once():
    assert AvAlign(1.0, 2, 3, 5).score == 2 / 6
    assert av_align([], [], 1.0).score == 0.0


def test_peaks_of_motion_are_above_both_neighbours_and_not_small():
    flow = np.array([5.0, 1.0, 2.0, 2.0, 1.0, 0.05, 0.09, 0.0, 0.1, 0.0, 9.0])
    assert flow_peaks(flow, 10.0) == (0.8,)
    assert flow_peaks(np.zeros(0), 24.0) == ()


def test_a_chord_is_one_onset():
    assert note_onsets([1.0, 1.01, 1.02, 1.2]) == (1.0, 1.2)


@pytest.mark.parametrize(("rate", "score"), [(1, 0.065), (2, 0.12), (4, 0.20), (8, 0.28)])
def test_a_random_soundtrack_scores_high_where_it_is_busy(rate, score):
    """The warning of the literature: chance alone, against 10 flow peaks a second."""
    rng = np.random.default_rng(rate)
    found = []
    for _ in range(8):
        peaks = flow_peaks(0.2 + rng.random(60 * 30), 30.0)
        assert len(peaks) / 60 == pytest.approx(10, abs=1)
        onsets = np.sort(rng.uniform(0, 60, 60 * rate)).tolist()
        found.append(evaluate(onsets, peaks, 30.0, 60.0, rng)["frame"])
    mean = np.mean([one["score"]["value"] for one in found])
    assert mean == pytest.approx(score, abs=0.03)
    # The baseline says so.
    assert np.mean([one["shuffled"] for one in found]) == pytest.approx(mean, abs=0.02)


def test_music_on_the_motion_is_above_chance():
    peaks = [0.5 + 1.7 * k for k in range(30)]
    found = evaluate(peaks, peaks, 25.0, 55.0, np.random.default_rng(0))
    assert found["frame"]["score"]["value"] == 1.0
    assert found["frame"]["score_less_shuffled"] > 0.5
    assert found["onset_rate"] == pytest.approx(30 / 55)


@pytest.mark.parametrize("times", [[2.0, 1.0], [math.nan], [[1.0]]])
def test_times_must_be_finite_and_rising(times):
    with pytest.raises(ValueError, match="onsets"):
        av_align(times, [1.0], 1.0)


def test_flow_must_be_finite():
    with pytest.raises(ValueError, match="flow"):
        flow_peaks(np.array([1.0, math.nan]), 25.0)
    with pytest.raises(ValueError, match="fps"):
        flow_peaks(np.array([1.0]), 0.0)
