import math

import numpy as np
import pytest

from engine.metrics.regression import PENALTIES, best_penalty, cross_validate, fit
from engine.metrics.statistics import pearson


@pytest.fixture(scope="module")
def songs():
    rng = np.random.default_rng(0)
    features = rng.normal(5, 3, (400, 6))
    labels = features @ [1, -2, 0, 0, 0, 0.5] + 7
    return features, labels


def test_a_fit_finds_a_line(songs) -> None:
    features, labels = songs
    inside = np.abs(features - 5).max(1) < 5  # features outside are clipped
    line = fit(features, labels, 1e-6)
    assert line(features)[inside] == pytest.approx(labels[inside], abs=1.0)


def test_unknown_features_count_as_average(songs) -> None:
    features, labels = songs
    line = fit(features, labels, 1.0)
    assert line(np.full((1, 6), math.nan)) == pytest.approx(labels.mean())


def test_a_feature_that_no_song_has_does_no_harm(songs) -> None:
    features, labels = songs
    line = fit(np.column_stack([features, np.full(400, math.nan)]), labels, 1.0)
    assert np.isfinite(line(np.ones((2, 7)))).all()


def test_cross_validation_keeps_a_song_in_one_fold() -> None:
    rng = np.random.default_rng(1)
    groups = np.repeat(np.arange(60), 5)
    features = rng.normal(size=(60, 40))[groups]  # excerpts of a song are alike
    labels = rng.normal(size=60)[groups]
    assert pearson(fit(features, labels, 1.0)(features), labels) > 0.6
    assert abs(pearson(cross_validate(features, labels, groups, 1.0), labels)) < 0.35


def test_a_plain_line_needs_the_least_penalty(songs) -> None:
    features, labels = songs
    assert best_penalty(features, labels, np.arange(400)) == min(PENALTIES)


@pytest.mark.parametrize("labels", [[], [1.0], [1.0, math.nan]])
def test_labels_must_be_finite_and_one_a_row(labels: list[float]) -> None:
    features = np.ones((len(labels) if labels != [1.0] else 3, 2))
    with pytest.raises(ValueError, match="labels"):
        fit(features, np.array(labels), 1.0)
    with pytest.raises(ValueError, match="labels"):
        cross_validate(features, np.array(labels), np.zeros(len(features), int), 1.0)
