from __future__ import annotations

import numpy as np
import pytest

from engine.video.reader import open_video
from engine.video.writer import write_film


def test_a_written_film_has_its_pictures_and_its_rate(tmp_path):
    images = [np.full((48, 64, 3), (40, 90, 2 * number), np.uint8) for number in range(60)]
    write_film(tmp_path / "film.mp4", images, 30000 / 1001)
    reader = open_video(tmp_path / "film.mp4")
    assert reader.fps == pytest.approx(30000 / 1001)
    assert reader.video.duration == pytest.approx(60 * 1001 / 30000, abs=0.001)
    for frame, image in zip(reader.frames(), images, strict=True):
        np.testing.assert_allclose(frame.image.mean((0, 1)), image[0, 0], atol=4)


@pytest.mark.parametrize("name", ["file:film", "film.other", "film%d.mp4"])
def test_any_name_is_written_as_it_stands(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    write_film(name, [np.zeros((16, 16, 3), np.uint8)] * 24)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_the_same_pictures_make_the_same_bytes(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (24, 32, 32, 3), np.uint8)
    for name in ("one.mp4", "two.mp4"):
        write_film(tmp_path / name, images)
    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "two.mp4").read_bytes()
