"""Times and lengths of films whose containers count oddly."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from engine.video.reader import open_video

FPS = 24
SECONDS = 4


@pytest.fixture
def images() -> list[np.ndarray]:
    """Frames as bright as twice their number, so that each can be told from its picture."""
    return [np.full((48, 64, 3), 2 * number, np.uint8) for number in range(SECONDS * FPS)]


def times(path: Path, *span: float) -> list[float]:
    return [frame.time for frame in open_video(path).frames(*span)]


def numbers(path: Path) -> list[int]:
    """The numbers of the frames in their order, from their brightness."""
    return [round(frame.image.mean() / 2) for frame in open_video(path).frames()]


def even(first: float = 0.0, count: int = SECONDS * FPS) -> np.ndarray:
    return first + np.arange(count) / FPS


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("plain.mp4", {}),
        ("hour.ts", {"start": 3600.0}),
        ("wraps.ts", {"start": 95443.0}),
        ("fragments.mp4", {"muxer": {"movflags": "frag_keyframe+empty_moov"}}),
        (
            "fragments-from-an-hour.mp4",
            {"start": 3600.0, "muxer": {"movflags": "frag_keyframe+empty_moov+frag_discont"}},
        ),
        ("early.mkv", {"start": 0.5}),
        ("bare.m4v", {}),
        ("bare.h264", {"codec": "libx264"}),
    ],
)
def test_times_count_from_where_the_container_starts(encode, images, name, options):
    path = encode(name, images, **options)
    np.testing.assert_allclose(times(path), even(), atol=0.001)
    assert open_video(path).video.duration == pytest.approx(SECONDS, abs=0.002)
    assert open_video(path).missing == 0


@pytest.mark.parametrize("container", ["mp4", "mkv", "ts"])
def test_a_picture_that_starts_after_its_sound_keeps_its_times(encode, images, container):
    path = encode(f"late.{container}", images, start=1.5, sound=(0.0, 6.0))
    # AAC begins with 1024 samples before zero. Only MPEG-TS can't skip them.
    first = 1.5 + (1024 / 48000 if container == "ts" else 0.0)
    np.testing.assert_allclose(times(path), even(first), atol=0.002)
    assert open_video(path).video.duration == pytest.approx(first + SECONDS, abs=0.002)


@pytest.mark.parametrize("codec", ["mpeg4", "libx264"])
def test_frames_before_an_edit_list_are_not_shown(encode, images, codec):
    path = encode("trimmed.mp4", images, codec, {"g": "24"}, start=-0.5)
    np.testing.assert_allclose(times(path), even(count=84), atol=0.001)
    assert numbers(path)[0] == pytest.approx(12, abs=1)
    assert open_video(path).video.duration == pytest.approx(3.5, abs=0.002)
    assert open_video(path).missing == 0


def test_joined_films_play_one_after_the_other(encode, images, tmp_path):
    one = encode("one.ts", images, sound=(0.0, SECONDS)).read_bytes()
    path = tmp_path / "joined.ts"
    path.write_bytes(one + one)
    shown = times(path)
    np.testing.assert_allclose(shown, even(shown[0], 2 * len(images)), atol=0.03)
    assert open_video(path).video.duration == pytest.approx(shown[0] + 2 * SECONDS, abs=0.03)
    assert times(path, 5.0) == [time for time in shown if time >= 5.0]


@pytest.mark.parametrize("last", [1000, 4000])
@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("held.mp4", "mpeg4"),
        ("held.mov", "mpeg4"),
        ("held.mkv", "mpeg4"),
        ("held.webm", "libvpx"),
        ("held.flv", "flv"),
    ],
)
def test_slides_are_shown_as_long_as_they_are_held(encode, images, name, codec, last):
    path = encode(name, images[::24], codec, {"bf": "0"}, lengths=[1000, 500, 2500, last])
    assert times(path) == pytest.approx([0, 1, 1.5, 4])
    early, late = open_video(path), open_video(path)
    assert len(list(late.frames())) == 4
    assert early.video == late.video
    assert early.video.duration == pytest.approx(4.0 + last / 1000, abs=0.001)
    assert early.missing == 0


def test_a_variable_frame_rate_is_kept(encode, images):
    lengths = [20, 100, 40, 41] * 24
    stamps = times(encode("phone.mkv", images, lengths=lengths))
    steps = [1000 * (after - before) for before, after in pairwise(stamps)]
    np.testing.assert_allclose(steps, lengths[:-1], atol=0.001)


@pytest.mark.parametrize("container", ["mp4", "mkv", "avi", "ts", "flv"])
@pytest.mark.parametrize("sound", [(0.0, 8.0), (0.0, 2.0), (1.0, 9.0)])
def test_the_film_ends_with_its_picture(encode, images, container, sound):
    codec = "flv" if container == "flv" else "mpeg4"
    path = encode(f"sound.{container}", images, codec, sound=sound)
    stamps, reader = times(path), open_video(path)
    assert len(stamps) == len(images)
    assert reader.video.duration == pytest.approx(stamps[-1] + 1 / FPS, abs=0.002)
    assert reader.missing == 0


@pytest.mark.parametrize(
    ("name", "codec", "muxer"),
    [
        ("half.mp4", "mpeg4", {"movflags": "faststart"}),
        ("half.mkv", "mpeg4", {}),
        ("half.avi", "mpeg4", {}),
        ("half.flv", "flv", {}),
    ],
)
@pytest.mark.parametrize("blank", [False, True])
@pytest.mark.parametrize("sound", [None, (0.0, SECONDS)])
def test_what_a_broken_download_lacks_is_named(encode, name, codec, muxer, blank, sound):
    dice = np.random.default_rng(0)
    noise = dice.integers(0, 256, (SECONDS * FPS, 64, 64, 3), np.uint8)
    path = encode(name, noise, codec, muxer=muxer, sound=sound)
    assert open_video(path).missing == 0
    data = path.read_bytes()
    kept = len(data) // 2
    path.write_bytes(data[:kept] + bytes(len(data) - kept if blank else 0))
    reader = open_video(path)
    assert 1 < reader.video.duration < 3
    assert reader.missing == pytest.approx(SECONDS - reader.video.duration, abs=0.05)


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("b.mp4", "libx264", {"g": "30", "bf": "3"}),
        ("b.mkv", "libx264", {"g": "300", "bf": "3"}),
        ("b.ts", "libx264", {"g": "30", "bf": "3"}),
        ("b.mpg", "mpeg2video", {"g": "15", "bf": "2"}),
        ("b.avi", "mpeg4", {"g": "30", "bf": "2"}),
        ("b.avi", "libx264", {"g": "30", "bf": "3"}),
        ("b.h264", "libx264", {"g": "30", "bf": "3"}),
        ("b.webm", "libvpx", {"g": "30"}),
    ],
)
def test_a_part_has_the_times_and_the_pictures_of_the_whole(encode, images, name, codec, options):
    path = encode(name, images, codec, options)
    whole = list(open_video(path).frames())
    for start in (0.0, 1.3, 2.0, whole[70].time, whole[-1].time):
        part = list(open_video(path).frames(start))
        rest = [frame for frame in whole if frame.time >= start]
        assert [frame.time for frame in part] == [frame.time for frame in rest]
        assert all(np.array_equal(a.image, b.image) for a, b in zip(part, rest, strict=True))


def test_an_edit_list_may_end_within_a_held_frame(encode, images):
    """Two slides of 2 s each, of which the edit list shows 3 s."""
    path = encode("edited.mov", images[:2], lengths=[2000, 2000])
    data = bytearray(path.read_bytes())
    for box, offset in ((b"elst", 12), (b"tkhd", 24), (b"mvhd", 20)):
        length = slice(data.index(box) + offset, data.index(box) + offset + 4)
        assert int.from_bytes(data[length], "big") == 4000  # in the movie's milliseconds
        data[length] = (3000).to_bytes(4, "big")
    path.write_bytes(data)
    assert open_video(path).video.duration == pytest.approx(3.0, abs=0.002)
    assert open_video(path).missing == 0
