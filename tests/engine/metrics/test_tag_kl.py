from __future__ import annotations

import math

import numpy as np
import pytest

from engine.metrics.tag_kl import FLOOR, evaluate, tag_kl


def test_it_is_the_sum_over_the_tags():
    p, q = np.array([0.5, 0.2]), np.array([0.25, 0.4])
    assert tag_kl(p, q) == pytest.approx(0.5 * math.log(2) + 0.2 * math.log(0.5))
    assert tag_kl(p, p) == 0


def test_probabilities_are_clipped():
    assert tag_kl(np.array([1.0]), np.array([0.0])) == pytest.approx(-math.log(FLOOR))


def test_pairs_are_averaged():
    p, q = np.array([0.5, 0.2]), np.array([0.25, 0.4])
    found = evaluate([(p, q), (p, p)], np.random.default_rng(0))
    assert (found["value"], found["n"]) == (pytest.approx(tag_kl(p, q) / 2), 2)


@pytest.mark.parametrize("tags", [[0.5, 2.0], [0.5], [], [math.nan, 0.5]])
def test_tags_must_be_probabilities_of_the_same_tags(tags):
    with pytest.raises(ValueError, match="tags"):
        tag_kl(np.array([0.5, 0.5]), np.array(tags))
