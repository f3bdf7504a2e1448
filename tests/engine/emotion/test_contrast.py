from __future__ import annotations

import math

import pytest

from engine.emotion.contrast import contrast, notable


def test_the_fiercer_scene_stands_above_the_median():
    activities = [{"motion": math.log(each)} for each in (1, 1, 1, 4)]
    scale = contrast(activities, [10] * 4)
    assert scale.of(activities[0]) == pytest.approx(0)
    assert scale.of(activities[3]) == 2
    assert [each.text for each in notable(7, scale.by_measure(activities[3]))] == [
        "motion above the film's median"
    ]


def test_a_film_whose_scenes_are_alike_has_no_contrast():
    activities = [{"loudness": each} for each in (0.0, 0.02, -0.02, 0.01)]
    scale = contrast(activities, [5, 6, 7, 8])
    assert all(abs(scale.of(each) or 0) < 0.1 for each in activities)


def test_a_factor_that_holds_for_the_whole_film_does_not_count():
    quiet = [{"loudness": each} for each in (0.0, 1.0, 2.0)]
    loud = [{"loudness": each + 3} for each in (0.0, 1.0, 2.0)]
    seconds = [10, 10, 10]
    assert [contrast(quiet, seconds).of(each) for each in quiet] == pytest.approx(
        [contrast(loud, seconds).of(each) for each in loud]
    )


def test_a_scene_counts_by_its_length():
    activities = [{"motion": 0.0}, {"motion": 3.0}]
    assert contrast(activities, [90, 10]).medians["motion"] == 0
    assert contrast(activities, [10, 90]).medians["motion"] == 3


def test_a_measure_that_no_scene_has_says_nothing():
    scale = contrast([{"motion": 0.0}, {}], [10, 10])
    assert scale.of({"loudness": 9.0}) is None
    assert scale.of({}) is None
