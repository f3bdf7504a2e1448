from __future__ import annotations

import numpy as np
import pytest

from engine.video.flow import flow_curve
from engine.video.reader import open_video


def test_flow_is_how_far_the_picture_moves():
    rng = np.random.default_rng(0)
    wide = np.kron(rng.integers(0, 255, (16, 40, 3)), np.ones((8, 8, 1))).astype(np.uint8)
    places = (0, 0, 2, 6, 6)
    flow = flow_curve(wide[:, x : x + 192] for x in places)
    assert flow == pytest.approx([0, 0, 2, 4, 0], abs=0.8)


def test_no_pictures_have_no_flow():
    assert len(flow_curve([])) == 0


def test_whole_frames_have_the_size_of_the_film_and_the_times_of_the_reduced(demo):
    reader = open_video(demo)
    whole, small = (list(read(1.0, 1.2)) for read in (reader.whole_frames, reader.frames))
    assert [frame.time for frame in whole] == [frame.time for frame in small]
    assert whole[0].image.shape == (360, 640, 3)
    assert whole[0].image.mean() == pytest.approx(small[0].image.mean(), abs=2)
