from __future__ import annotations

import math

import numpy as np
import pytest

from engine.emotion.contrast import contrast, notable


def test_the_fiercer_scene_stands_above_the_median():
    activities = [{"motion": math.log(each)} for each in (1, 1, 1, 4)]
    scale = contrast((0, 10, 20, 30, 40), activities)
    assert scale.between(30, 40)["motion"] == pytest.approx(1.5)
    assert scale.between(0, 10)["motion"] == pytest.approx(-0.5)
    texts = [each.text for each in notable(30, scale.between(30, 40))]
    assert texts == ["motion above the film's median"]


def test_the_film_as_a_whole_stands_at_its_median():
    dice = np.random.default_rng(0)
    activities = [{"motion": each} for each in dice.normal(size=30)]
    scale = contrast(range(0, 155, 5), activities)
    assert scale.between(0, 150)["motion"] == pytest.approx(0, abs=1e-9)


def test_a_film_whose_scenes_are_alike_has_no_contrast():
    activities = [{"loudness": each} for each in (0.0, 0.02, -0.02, 0.01)]
    scale = contrast((0, 5, 11, 18, 26), activities)
    assert all(abs(scale.between(at, at + 1)["loudness"]) < 0.1 for at in (0, 6, 12, 20))


def test_a_factor_that_holds_for_the_whole_film_does_not_count():
    quiet = contrast((0, 10, 20, 30), [{"loudness": each} for each in (0.0, 1.0, 2.0)])
    loud = contrast((0, 10, 20, 30), [{"loudness": each + 3} for each in (0.0, 1.0, 2.0)])
    assert quiet.between(20, 30) == pytest.approx(loud.between(20, 30))


def test_a_stretch_has_the_mean_of_its_units_by_their_lengths():
    scale = contrast((0, 10, 14, 30), [{"motion": each} for each in (0.0, 1.0, 0.0)])
    first, second = scale.between(0, 10)["motion"], scale.between(10, 14)["motion"]
    assert scale.between(0, 14)["motion"] == pytest.approx((10 * first + 4 * second) / 14)


def test_a_unit_without_a_measure_says_nothing_of_it():
    scale = contrast((0, 10, 20), [{"motion": 0.0}, {}])
    assert scale.between(10, 20) == {}
    assert contrast((0, 10, 20), [{}, {}]).between(0, 20) == {}
