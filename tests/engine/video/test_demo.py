from __future__ import annotations

import pytest

from engine.errors import EmsyncError
from engine.video.boundaries import keep_apart
from engine.video.cuts import CutDetector, find_cuts
from engine.video.demo import CUTS, DURATION, FPS, draw_demo, draw_frame
from engine.video.reader import open_video


def test_exactly_the_cuts_of_the_demo_film_are_found(demo):
    reader, detector = open_video(demo), CutDetector(FPS)
    for frame in reader.frames():
        detector.push(frame)
    cuts = find_cuts(detector.result())
    assert [cut.time for cut in cuts] == pytest.approx(CUTS, abs=1e-6)
    assert {cut.kind for cut in cuts} == {"cut"}
    assert len(keep_apart(cuts)) == len(CUTS) - 1
    assert (reader.video.duration, reader.video.fps) == (DURATION, FPS)


def test_the_demo_film_is_the_same_every_time(tmp_path):
    for name in ("one.mp4", "two.mp4"):
        draw_demo(tmp_path / name, seconds=1)
    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "two.mp4").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.mp4", "two.mp4"]


def test_the_sad_scene_is_darker_than_the_sunny_one():
    assert draw_frame(24.0).mean() < 0.5 * draw_frame(8.0).mean()


def test_a_place_that_can_not_be_written_is_named(tmp_path):
    with pytest.raises(EmsyncError, match="can't be written"):
        draw_demo(tmp_path / "gone" / "demo.mp4", seconds=1)
