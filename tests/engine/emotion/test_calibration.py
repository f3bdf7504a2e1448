"""Figures of calibration, on predictions whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.emotion.calibration import (
    UNIFORM_LOSS,
    calibration_error,
    confusion,
    fit_temperature,
    hits,
    log_loss,
    log_losses,
    reliability,
    sharpened,
)


def drawn(n, seed=0, spread=1.5):
    """Honest predictions: each label is drawn from its own probabilities."""
    rng = np.random.default_rng(seed)
    logits = spread * rng.normal(size=(n, 6))
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    labels = np.array([rng.choice(6, p=row) for row in probabilities])
    return probabilities, labels


def test_a_guess_costs_the_logarithm_of_six():
    assert log_loss(np.full((4, 6), 1 / 6), np.arange(4)) == pytest.approx(UNIFORM_LOSS)


def test_one_wrong_certainty_costs_much_but_not_infinitely_much():
    certain = np.eye(6)[:1]
    assert log_losses(certain, np.array([0])) == 0
    assert 20 < log_losses(certain, np.array([1]))[0] < 100


def test_a_tie_is_right_in_part():
    probabilities = np.array([[0.4, 0.4, 0.2, 0, 0, 0], [0.1, 0.9, 0, 0, 0, 0]])
    assert hits(probabilities, np.array([1, 0])).tolist() == [0.5, 0]


def test_confusion_has_the_truth_in_rows():
    counts = confusion(np.eye(6)[[1, 1, 2]], np.array([0, 1, 2]))
    assert counts[0, 1] == counts[1, 1] == counts[2, 2] == 1 and counts.sum() == 3


@pytest.mark.parametrize("factor", [0.5, 1.0, 3.0])
def test_the_temperature_of_honest_predictions_is_found_again(factor):
    probabilities, labels = drawn(4000)
    spoilt = sharpened(probabilities, 1 / factor)
    assert fit_temperature(spoilt, labels) == pytest.approx(factor, rel=0.08)


def test_predictions_by_chance_are_made_uniform():
    probabilities, _ = drawn(500)
    labels = np.random.default_rng(1).integers(6, size=500)
    better = sharpened(probabilities, fit_temperature(probabilities, labels))
    assert log_loss(better, labels) < UNIFORM_LOSS + 0.01 < log_loss(probabilities, labels)


@given(st.integers(0, 50), st.integers(1, 40))
def test_the_fitted_temperature_never_loses_to_none(seed, n):
    probabilities, labels = drawn(n, seed)
    better = sharpened(probabilities, fit_temperature(probabilities, labels))
    assert log_loss(better, labels) <= log_loss(probabilities, labels) + 1e-6


def test_honest_predictions_are_reliable_and_exaggerated_ones_are_not():
    probabilities, labels = drawn(4000)
    assert calibration_error(reliability(probabilities, labels)) < 0.03
    assert calibration_error(reliability(sharpened(probabilities, 0.3), labels)) > 0.15


def test_the_reliability_table_counts_every_prediction_once():
    probabilities, labels = drawn(300)
    table = reliability(probabilities, labels, bins=5)
    assert sum(entry.count for entry in table) == 300
    assert all(entry.low < entry.confidence <= entry.high for entry in table)


def test_wrong_shapes_and_no_labels_are_refused():
    with pytest.raises(ValueError, match="give"):
        log_loss(np.ones((2, 6)) / 6, np.array([0]))
    with pytest.raises(ValueError, match="give"):
        reliability(np.ones((0, 6)), np.zeros(0, np.int64))
    with pytest.raises(ValueError, match="above 0"):
        sharpened(np.full((1, 6), 1 / 6), 0)
