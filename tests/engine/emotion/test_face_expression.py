"""Tests of :mod:`engine.emotion.face_expression` on a real face."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from engine.emotion.face_detection import FaceDetector
from engine.emotion.face_expression import EXPRESSIONS, ExpressionNetwork, aligned


@pytest.fixture(scope="module")
def detector(portrait):
    return FaceDetector()


@pytest.fixture(scope="module")
def network(portrait):
    return ExpressionNetwork()


def test_a_serious_face_is_not_joyful(detector, network, portrait):
    probabilities = network.read(portrait, detector.find(portrait))
    assert probabilities.shape == (1, len(EXPRESSIONS))
    assert probabilities.sum() == pytest.approx(1, abs=1e-5)
    assert dict(zip(EXPRESSIONS, probabilities[0].tolist(), strict=True))["joy"] < 0.3
    assert EXPRESSIONS[int(probabilities.argmax())] == "neutral"


def test_eyes_are_level_and_the_face_is_upright(detector, portrait):
    def likeness(first, second):
        return np.corrcoef(first.ravel(), second.ravel())[0, 1]

    matrix = cv2.getRotationMatrix2D((256, 240), 25, 1.0)
    tilted = cv2.warpAffine(portrait, matrix, (512, 600), borderMode=cv2.BORDER_REPLICATE)
    faces = detector.find(tilted)
    levelled = aligned(tilted, faces)[0]
    faces.points[:, 1, 1] = faces.points[:, 0, 1]
    still_tilted = aligned(tilted, faces)[0]
    upright = aligned(portrait, detector.find(portrait))[0]
    assert likeness(upright, levelled) > likeness(upright, still_tilted) + 0.2


def test_a_face_is_read_alike_in_a_small_picture(detector, network, portrait):
    small = cv2.resize(portrait, None, fx=0.3, fy=0.3, interpolation=cv2.INTER_AREA)
    large_reading = network.read(portrait, detector.find(portrait))
    small_reading = network.read(small, detector.find(small))
    assert np.abs(large_reading - small_reading).sum() / 2 < 0.35


def test_the_faces_of_one_picture_do_not_affect_each_other(detector, network, portrait):
    both = np.concatenate([portrait, portrait[:, ::-1]], axis=1)
    faces = detector.find(both)
    assert len(faces) == 2
    together = network.read(both, faces)
    for index in range(2):
        alone = network.read(both, faces.choose(np.array([index])))
        assert np.allclose(together[index], alone[0], atol=1e-4)


def test_a_face_at_the_edge_and_no_face_at_all(detector, network, portrait):
    cut = np.ascontiguousarray(portrait[150:, 190:])
    faces = detector.find(portrait)
    at_edge = type(faces)(
        faces.boxes - np.float32([190, 150, 190, 150]),
        faces.scores,
        faces.points - np.float32([190, 150]),
    )
    assert at_edge.boxes.min() < 0
    assert np.isfinite(network.read(cut, at_edge)).all()
    assert network.read(cut, faces.choose(np.arange(0))).shape == (0, len(EXPRESSIONS))
