from __future__ import annotations

import os
import subprocess
import sys
import wave
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.errors import EmsyncError
from engine.video.reader import IMAGE_SIZE, open_video


def times(path: Path, *span: float) -> list[float]:
    return [frame.time for frame in open_video(path).frames(*span)]


def test_a_film_has_its_metadata_and_the_times_of_its_frames(numbered):
    path = numbered(48)
    video = open_video(path).video
    assert (video.path, video.duration, video.fps) == (str(path), 2.0, 24.0)
    assert (video.width, video.height) == (64, 48)
    np.testing.assert_allclose(times(path), np.arange(48) / 24)


def test_images_are_reduced_once_and_belong_to_their_times(numbered):
    frames = list(open_video(numbered(100, width=640, height=360)).frames())
    assert {frame.image.shape for frame in frames} == {(90, IMAGE_SIZE, 3)}
    shades = [frame.image.mean() for frame in frames]
    np.testing.assert_allclose(shades, 2 * np.arange(100), atol=4)


def test_a_small_film_is_not_enlarged(numbered):
    frame = next(open_video(numbered(24, width=32, height=16)).frames())
    assert frame.image.shape == (16, 32, 3)


@pytest.mark.parametrize("span", [(0.0, 1.0), (3.3, 5.0), (7.5, 99.0), (2.0, 2.1)])
def test_a_part_has_the_frames_of_the_whole_film(numbered, span):
    path = numbered(200)
    assert times(path, *span) == [time for time in times(path) if span[0] <= time < span[1]]


def test_the_tail_and_a_whole_pass_agree_on_the_duration(numbered, retime):
    path = numbered(60)
    retime(path, [(30, 33), (29, 70), (1, 100)])
    early, late = open_video(path), open_video(path)
    for _ in late.frames():
        pass
    assert early.video == late.video


def test_a_variable_frame_rate_is_read_from_the_container(numbered, retime):
    path = numbered(60)
    retime(path, [(20, 20), (20, 100), (20, 40)])
    stamps = times(path)
    steps = [after - before for before, after in pairwise(stamps)]
    np.testing.assert_allclose(steps, [0.02] * 20 + [0.1] * 20 + [0.04] * 19, atol=1e-6)
    assert open_video(path).video.duration == pytest.approx(3.2, abs=0.001)
    assert times(path, 2.0, 2.5) == [time for time in stamps if 2.0 <= time < 2.5]


def test_a_truncated_film_has_the_frames_that_decode(film, cut_short):
    rng = np.random.default_rng(0)
    path = film(rng.integers(0, 256, (96, 64, 64, 3), np.uint8))
    assert open_video(path).missing == 0
    cut_short(path, 0.5)
    reader = open_video(path)
    assert 1 < reader.video.duration < 3
    assert reader.missing == pytest.approx(4 - reader.video.duration)
    assert max(times(path)) < reader.video.duration


def test_progress_rises_to_one(numbered):
    received: list[float] = []
    for _ in open_video(numbered(48)).frames(0.5, 1.5, received.append):
        pass
    assert received == sorted(received) and received[0] >= 0 and received[-1] == 1


def test_a_part_without_frames_is_refused(numbered):
    with pytest.raises(EmsyncError, match="no frame from 5 s"):
        times(numbered(48), 5.0)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes with a path")
def test_a_pipe_is_named_as_one(tmp_path):
    os.mkfifo(tmp_path / "pipe.mp4")
    for path in (tmp_path / "pipe.mp4", os.devnull):
        with pytest.raises(EmsyncError, match="is a pipe or a device"):
            open_video(path)


def _bad_files(folder: Path) -> dict[str, Path]:
    paths = {name: folder / name for name in ("gone.mp4", "empty.mp4", "text.mp4", "sound.wav")}
    paths["folder"] = folder
    paths["empty.mp4"].touch()
    paths["text.mp4"].write_text("no film\n" * 100)
    with wave.open(str(paths["sound.wav"]), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", "none"))
        sound.writeframes(bytes(32000))
    paths["picture.png"] = folder / "picture.png"
    cv2.imwrite(str(paths["picture.png"]), np.zeros((40, 40, 3), np.uint8))
    return paths


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("gone.mp4", "no such file"),
        ("folder", "is a folder"),
        ("empty.mp4", "is empty"),
        ("text.mp4", "no picture"),
        ("sound.wav", "no moving picture"),
        ("picture.png", "at least 1 s"),
    ],
)
def test_a_file_that_is_no_film_is_refused(tmp_path, name, complaint):
    path = _bad_files(tmp_path)[name]
    with pytest.raises(EmsyncError, match=complaint) as caught:
        open_video(path)
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("count", [1, 23])
def test_a_film_that_is_too_short_is_refused(numbered, count):
    with pytest.raises(EmsyncError, match="at least 1 s"):
        open_video(numbered(count))


def test_a_file_that_ends_in_its_header_is_refused(numbered):
    path = numbered(48)
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(EmsyncError, match="no picture"):
        open_video(path)


def test_the_decoder_prints_nothing(tmp_path):
    path = _bad_files(tmp_path)["text.mp4"]
    code = (
        "import sys; from engine.video.reader import open_video\n"
        "from engine.errors import EmsyncError\n"
        "try: open_video(sys.argv[1])\n"
        "except EmsyncError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True)
    assert done.stderr == "" and done.stdout.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "fps", "stored", "read"),
    [
        ("film.mov", 24, "01:00:00:05", "01:00:00:05"),
        ("film.mp4", 25, "10:20:30:24", "10:20:30:24"),
        ("film.mkv", 24, "01:00:00:05", "01:00:00:05"),
        # The rate has no such frame, so the tag is of no use.
        ("film.mkv", 24, "01:00:00:24", None),
        ("film.mkv", 24, "noon", None),
        ("film.mp4", 24, None, None),
    ],
)
def test_the_film_s_own_timecode_is_read(encode, scene, name, fps, stored, read):
    tags = {} if stored is None else {"timecode": stored}
    path = encode(name, [scene(1)] * 30, fps=fps, tags=tags)
    assert open_video(path).video.timecode == read
