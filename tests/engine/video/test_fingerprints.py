from __future__ import annotations

import numpy as np

from engine.video.fingerprints import COLUMNS, ROWS, Fingerprints


def test_a_fingerprint_has_the_brightness_of_each_cell():
    prints = Fingerprints()
    image = np.zeros((90, 160, 3), np.uint8)
    prints.push(image)
    image[:, 80:] = 255
    prints.push(image)
    dark, half = prints.value.reshape(2, ROWS, COLUMNS)
    assert not dark.any()
    assert not half[:, : COLUMNS // 2].any() and (half[:, COLUMNS // 2 :] == 255).all()


def test_a_film_without_frames_has_no_fingerprints():
    assert Fingerprints().value.shape == (0, ROWS * COLUMNS)
