import math

import numpy as np
import pytest

from engine.metrics.statistics import (
    auc,
    bootstrap,
    distribution,
    estimate,
    finite,
    pearson,
    proportion,
    wilson,
)


def test_correlation_is_one_on_a_line_and_unknown_for_constants() -> None:
    x = [1.0, 2, 3, 4]
    assert pearson(x, [3.0, 5, 7, 9]) == pytest.approx(1)
    assert pearson(x, [1.0, 3, 2, 4]) == pytest.approx(0.8)
    assert math.isnan(pearson(x, [5.0] * 4))


def test_auc_is_the_share_of_pairs_in_order() -> None:
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


def test_an_estimate_of_nothing_has_no_rows() -> None:
    assert estimate(pearson, [], [], rng=np.random.default_rng(0))["n"] == 0


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    # Newcombe (1998), Statist. Med. 17:857, Table I, method 3; and no trials
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (0, 0, 0, 1),
    ],
)
def test_wilson_intervals_are_those_of_newcombe(
    successes: int, trials: int, low: float, high: float
) -> None:
    assert wilson(successes, trials) == pytest.approx((low, high), abs=1e-4)


def test_more_successes_than_trials_are_refused() -> None:
    with pytest.raises(ValueError, match="3 successes of 2"):
        wilson(3, 2)


@pytest.mark.parametrize("columns", [([1.0, 2], [1.0]), ([[1.0]], [[1.0]])])
def test_columns_must_be_lists_of_one_length(columns: tuple[list, list]) -> None:
    for statistic in (pearson, auc):
        with pytest.raises(ValueError, match="one length"):
            statistic(*columns)
    with pytest.raises(ValueError, match="one length"):
        bootstrap(pearson, *columns, rng=np.random.default_rng(0))


def test_a_proportion_has_its_interval() -> None:
    found = proportion(81, 263)
    assert found["interval"] == pytest.approx([0.2553, 0.3662], abs=1e-4)
    assert math.isnan(proportion(0, 0)["value"])


def test_a_distribution_has_quartiles_and_does_not_count_what_is_unknown() -> None:
    found = distribution([*range(101), math.nan])
    assert found == {
        "min": 0, "p5": 5, "p25": 25, "median": 50, "p75": 75, "p95": 95, "max": 100, "n": 101,
    }  # fmt: skip
    nothing = distribution([math.nan])
    assert nothing.pop("n") == 0
    assert all(map(math.isnan, nothing.values()))


def test_undefined_figures_become_null() -> None:
    assert finite({"a": [math.nan, (1.0, math.inf)], "b": "c"}) == {
        "a": [None, [1.0, None]],
        "b": "c",
    }
