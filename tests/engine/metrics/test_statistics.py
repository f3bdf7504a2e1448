import math

import numpy as np
import pytest

from engine.metrics.statistics import auc, bootstrap, estimate, finite, pearson, proportion


def test_pearson() -> None:
    x = [1.0, 2, 3, 4]
    assert pearson(x, [3.0, 5, 7, 9]) == pytest.approx(1)
    assert pearson(x, [1.0, 3, 2, 4]) == pytest.approx(0.8)
    assert math.isnan(pearson(x, [5.0] * 4))


def test_auc() -> None:
    assert auc([1, 2, 3, 4], [False, False, True, True]) == 1
    assert auc([1, 2, 2, 3], [False, True, False, True]) == pytest.approx(0.875)
    assert math.isnan(auc([1, 2], [True, True]))


def test_bootstrap_of_a_mean_is_near_the_normal_interval() -> None:
    rng = np.random.default_rng(0)
    sample = rng.normal(0, 1, 400)
    low, high = bootstrap(lambda x: float(x.mean()), sample, rng=rng)
    assert (low, high) == pytest.approx(
        (sample.mean() - 1.96 / 20, sample.mean() + 1.96 / 20), abs=0.02
    )


def test_estimate_of_nothing() -> None:
    assert estimate(pearson, [], [], rng=np.random.default_rng(0))["n"] == 0


def test_proportion() -> None:
    found = proportion(81, 263)
    assert found["interval"] == pytest.approx([0.2553, 0.3662], abs=1e-4)
    assert math.isnan(proportion(0, 0)["value"])


def test_finite() -> None:
    assert finite({"a": [math.nan, (1.0, math.inf)], "b": "c"}) == {
        "a": [None, [1.0, None]],
        "b": "c",
    }
