"""Tests of :mod:`engine.emotion.face_detection` on a real face."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from engine.emotion.face_detection import SMALLEST, FaceDetector, squares
from engine.errors import EmsyncError


@pytest.fixture(scope="module")
def detector(portrait):
    return FaceDetector()


def test_the_face_is_found_where_it_is(detector, portrait):
    faces = detector.find(portrait)
    assert len(faces) == 1
    left, top, right, bottom = faces.boxes[0]
    assert 130 < left < 200 and 110 < top < 170 and 330 < right < 390 and 310 < bottom < 360
    left_eye, right_eye, nose, mouth = faces.points[0, :4]
    assert left_eye[0] < nose[0] < right_eye[0]
    assert left_eye[1] < nose[1] < mouth[1]


def test_the_place_in_a_wide_picture_is_right_wherever_the_face_is(detector, portrait):
    small = cv2.resize(portrait, (128, 150), interpolation=cv2.INTER_AREA)
    for left, top in ((0, 0), (256, 100), (500, 205)):
        picture = np.full((360, 640, 3), 60, dtype=np.uint8)
        picture[top : top + 150, left : left + 128] = small
        faces = detector.find(picture)
        assert len(faces) == 1
        centre = (faces.boxes[0, :2] + faces.boxes[0, 2:]) / 2
        assert np.abs(centre - (left + 67, top + 59)).max() < 8


def test_a_grey_picture_and_film_bars_change_nothing(detector, scene):
    grey = cv2.cvtColor(cv2.cvtColor(scene, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    assert len(detector.find(grey)) == 1
    barred = cv2.copyMakeBorder(scene, 60, 60, 0, 0, cv2.BORDER_CONSTANT)
    assert len(detector.find(barred)) == 1


def test_the_largest_of_several_faces_comes_first(detector, portrait):
    picture = np.full((360, 640, 3), 60, dtype=np.uint8)
    picture[:94, :80] = cv2.resize(portrait, (80, 94), interpolation=cv2.INTER_AREA)
    picture[40:340, 300:556] = cv2.resize(portrait, (256, 300), interpolation=cv2.INTER_AREA)
    faces = detector.find(picture)
    assert len(faces) == 2
    assert faces.widths[0] > 2 * faces.widths[1] > 2 * SMALLEST


def test_no_face_is_found_where_there_is_none(detector):
    noise = np.random.default_rng(1).integers(0, 256, (360, 640, 3), dtype=np.uint8)
    cards = np.zeros((360, 640, 3), dtype=np.uint8)
    cv2.putText(cards, "THE END", (150, 200), cv2.FONT_HERSHEY_SIMPLEX, 3, (255, 255, 255), 5)
    for picture in (noise, cards, np.zeros_like(cards), noise[:1, :1]):
        assert len(detector.find(picture)) == 0


def test_squares_cover_a_picture_and_overlap():
    assert squares(np.zeros((100, 110, 3), dtype=np.uint8)) == []
    assert squares(np.zeros((20, 640, 3), dtype=np.uint8)) == []
    assert squares(np.zeros((360, 640, 3), dtype=np.uint8)) == [(0, 0), (280, 0)]
    assert squares(np.zeros((640, 360, 3), dtype=np.uint8)) == [(0, 0), (0, 280)]
    starts = [left for left, _ in squares(np.zeros((100, 400, 3), dtype=np.uint8))]
    assert starts[0] == 0 and starts[-1] == 300
    assert max(np.diff(starts)) < 90


def test_a_broken_network_is_one_line(tmp_path, portrait):
    path = tmp_path / "face-detector.onnx"
    path.write_bytes(b"no network")
    with pytest.raises(EmsyncError, match=r"face-detector.onnx: is no network"):
        FaceDetector(path)
