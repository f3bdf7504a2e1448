from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from engine.video.blends import FEATURES, Block, margin, measure
from engine.video.cuts import cells, detail

LENGTH = 13
BEGIN = 60


def features(pictures: list[NDArray[np.floating]]) -> dict[str, float]:
    """What is measured of the window at ``BEGIN``."""
    images = [np.clip(picture, 0, 255).astype(np.uint8) for picture in pictures]
    block = Block(np.stack([*map(cells, images)]), np.array([*map(detail, images)]))
    measured = measure(block, np.array([BEGIN]), np.array([LENGTH]))
    assert measured.usable.all() and measured.way[0, 0] == 0
    return dict(zip(FEATURES, measured.features[0].tolist(), strict=True))


def shares() -> NDArray[np.floating]:
    return np.clip((np.arange(150) - BEGIN) / LENGTH, 0, 1)


@pytest.fixture
def picture(scene):
    """Draws a picture of 90 x 160 pixels with fine detail, moved to the right by some pixels."""

    @cache
    def wide(seed: int) -> NDArray[np.floating]:
        noise = np.random.default_rng(seed).normal(0, 12, scene(seed).shape)
        return scene(seed) + cv2.GaussianBlur(noise, (3, 3), 0)

    def draw(seed: int, moved: float = 0) -> NDArray[np.floating]:
        left = 40 + round(moved)
        return wide(seed)[:90, left : left + 160]

    return draw


def test_a_mixture_of_two_still_pictures_has_every_trait_of_one(picture):
    found = features([(1 - share) * picture(1) + share * picture(2) for share in shares()])
    assert found["on the line"] > 0.9
    assert found["quieter side"] == found["louder side"] == pytest.approx(0, abs=0.01)
    assert found["detail lost"] == pytest.approx(1, abs=0.25)
    assert found["spread lost"] == pytest.approx(1, abs=0.15)
    assert found["longest step along the line"] == pytest.approx(1 / LENGTH, abs=0.08)
    assert found["off a steady way"] < 0.15 and found["like light"] == 0


def test_a_mixture_of_moving_pictures_loses_detail_too(picture):
    found = features([
        (1 - share) * picture(1, number / 4) + share * picture(2, number / 4)
        for number, share in enumerate(shares())
    ])  # fmt: skip
    assert found["detail lost beyond light"] > 0.6
    assert found["another hue"] > 0.01


def test_a_moving_picture_loses_no_detail(picture):
    found = features([picture(1, 1.3 * number) for number in range(150)])
    assert abs(found["detail lost"]) < 0.4
    assert found["louder side"] > 0.3 and abs(found["faster than outside"]) < 0.3


def test_light_changes_neither_hue_nor_distribution_even_as_the_camera_moves(picture):
    found = features(
        [(1 - share / 2) * picture(1, number / 4) for number, share in enumerate(shares())]
    )
    mixed = features([(1 - share) * picture(1) + share * picture(2) for share in shares()])
    for feature in ("another hue", "another distribution", "detail lost beyond light"):
        assert found[feature] < 0.5 * mixed[feature]
    assert found["like light"] > 0.5


def test_windows_are_measured_alike_alone_and_together(picture):
    rows = np.stack([cells(picture(number // 9).astype(np.uint8)) for number in range(150)])
    block = Block(rows, np.arange(150.0))
    places, lengths = np.array([20, 47, 81]), np.array([LENGTH, 19, 40])
    together = measure(block, places, lengths)
    for index in range(len(places)):
        alone = measure(block, places[index : index + 1], lengths[index : index + 1])
        assert alone.features[0] == pytest.approx(together.features[index], abs=1e-5)
    assert margin(LENGTH) == 9
