from __future__ import annotations

import numpy as np
import pytest

from engine.emotion.scenes import scenes, units


@pytest.mark.parametrize(
    ("cuts", "duration", "expected"),
    [
        ((), 100, (0, 100)),
        ((3, 6), 10, (0, 10)),
        ((5, 16, 20, 40), 60, (0, 16, 40, 60)),
        ((20, 50), 60, (0, 20, 60)),
        ((15, 30), 45, (0, 15, 30, 45)),
    ],
)
def test_units_begin_at_cuts_and_have_a_least_length(cuts, duration, expected):
    assert units(cuts, duration, 15) == expected


def test_scenes_part_where_the_emotion_changes():
    points = np.array([(0.5, 0), (0.6, 0.1), (0.55, 0), (-0.5, 0.6), (-0.4, 0.5)])
    assert scenes((0, 8, 16, 24, 32, 40), points, 10, 0.2) == (0, 24, 40)


def test_a_flicker_is_no_scene():
    points = np.array([(0, 0), (0, 0), (0.9, 0.9), (0, 0), (0, 0)])
    assert scenes((0, 10, 20, 24, 34, 44), points, 10, 0.2) == (0, 44)


def test_alternating_shots_of_a_dialogue_are_one_scene():
    points = np.array([(0.3, 0.2), (-0.3, -0.2)] * 20)
    borders = tuple(4.0 * number for number in range(41))
    assert len(scenes(borders, points, 10, 0.3)) <= 3


def test_every_scene_has_the_least_length():
    dice = np.random.default_rng(1)
    borders = np.cumsum([0, *dice.uniform(4, 9, 300)])
    edges = scenes(borders, dice.uniform(-1, 1, (300, 2)), 10, 0.15)
    assert edges[0] == 0 and edges[-1] == borders[-1]
    assert np.diff(edges).min() >= 10
    assert len(edges) > 20


def test_a_slow_change_is_found_once():
    arousal = np.linspace(-0.8, 0.8, 30)
    points = np.column_stack([np.zeros(30), arousal])
    edges = scenes(tuple(range(0, 155, 5)), points, 10, 0.3)
    assert 3 <= len(edges) - 1 <= 8
