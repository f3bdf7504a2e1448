"""Pictures of films in every pixel format, matrix, range, field order and orientation."""

from __future__ import annotations

from itertools import pairwise

import av
import numpy as np
import pytest

from engine.video.reader import open_video

LEFT, RIGHT = (40, 90, 200), (150, 160, 60)
"""Two colours, BGR."""


@pytest.fixture
def two_colours() -> np.ndarray:
    image = np.full((48, 64, 3), LEFT, np.uint8)
    image[:, 32:] = RIGHT
    return image


def sides(path) -> np.ndarray:
    """The mean colours [2, 3] of the left and the right half of the first frame."""
    image = next(open_video(path).frames()).image
    middle = image.shape[1] // 2
    return np.array([image[:, : middle - 3].mean((0, 1)), image[:, middle + 3 :].mean((0, 1))])


@pytest.mark.parametrize(
    ("name", "codec", "form"),
    [
        ("film.mp4", "mpeg4", "yuv420p"),
        ("film.nut", "rawvideo", "yuv410p"),
        ("film.nut", "rawvideo", "yuv411p"),
        ("film.nut", "rawvideo", "yuv422p"),
        ("film.nut", "rawvideo", "yuv440p"),
        ("film.nut", "rawvideo", "nv12"),
        ("film.nut", "rawvideo", "uyvy422"),
        ("film.nut", "rawvideo", "yuv420p10be"),
        ("film.nut", "rawvideo", "gbrp"),
        ("film.nut", "rawvideo", "bgra"),
        ("film.nut", "rawvideo", "rgb565le"),
        ("film.nut", "rawvideo", "rgb48be"),
        ("film.mkv", "ffv1", "yuv444p"),
        ("film.mkv", "ffv1", "yuv420p10le"),
        ("film.mkv", "ffv1", "yuv422p12le"),
        ("film.mkv", "ffv1", "yuv444p16le"),
        ("film.mkv", "ffv1", "yuva420p"),
        ("film.mkv", "ffv1", "bgr0"),
        ("film.mov", "prores_ks", "yuva444p10le"),
        ("film.mov", "qtrle", "argb"),
        ("film.avi", "mjpeg", "yuvj422p"),
        ("film.avi", "rawvideo", "bgr24"),
    ],
)
def test_colours_survive_every_pixel_format(encode, two_colours, name, codec, form):
    path = encode(name, [two_colours] * 24, codec, pix_fmt=form)
    np.testing.assert_allclose(sides(path), [LEFT, RIGHT], atol=9)


@pytest.mark.parametrize("form", ["gray", "gray10le", "gray16le", "ya8", "monow"])
def test_grey_films_have_their_light(encode, form):
    image = np.zeros((48, 64, 3), np.uint8)
    image[:, 32:] = 255
    codec, name = ("ffv1", "film.mkv") if form.startswith("gray") else ("rawvideo", "film.nut")
    path = encode(name, [image] * 24, codec, pix_fmt=form)
    np.testing.assert_allclose(sides(path), [[0] * 3, [255] * 3], atol=4)


def test_a_palette_has_its_colours(encode, two_colours):
    path = encode("film.gif", [two_colours] * 24, "gif", pix_fmt="rgb8", lengths=[100] * 24)
    np.testing.assert_allclose(sides(path), [LEFT, RIGHT], atol=30)


BT601, BT709, BT2020 = (0.299, 0.114), (0.2126, 0.0722), (0.2627, 0.0593)


@pytest.mark.parametrize(
    ("number", "weights", "size"),
    [(6, BT601, 48), (1, BT709, 48), (9, BT2020, 48), (2, BT601, 48), (2, BT709, 720)],
    ids=["BT.601", "BT.709", "BT.2020", "unnamed", "unnamed in HD"],
)
@pytest.mark.parametrize("full", [False, True])
def test_the_matrix_and_the_range_are_those_that_the_film_names(
    encode, number, weights, size, full
):
    blue, green, red = (value / 255 for value in LEFT)
    luma = weights[0] * red + weights[1] * blue + (1 - sum(weights)) * green
    chroma = [(blue - luma) / (2 - 2 * weights[1]), (red - luma) / (2 - 2 * weights[0])]
    low, light, spread = (0, 255, 255) if full else (16, 219, 224)
    samples = [low + light * luma, *(128 + spread * part for part in chroma)]
    frames = []
    for _ in range(24):
        planes = np.array(samples).round().astype(np.uint8)[:, None, None]
        planes = np.broadcast_to(planes, (3, size, 64))
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(planes), format="yuv444p")
        frame.colorspace, frame.color_range = number, 2 if full else 1
        frames.append(frame)
    options = {"colorspace": str(number), "color_range": "2" if full else "1", "qp": "0"}
    path = encode("film.mkv", frames, "libx264", options, pix_fmt="yuv444p")
    np.testing.assert_allclose(sides(path), [LEFT, LEFT], atol=2)


FIELDS = [
    ("film.ts", "mpeg2video", {"flags": "+ildct+ilme", "bf": "2"}),
    ("film.mts", "libx264", {"flags": "+ildct+ilme", "x264-params": "tff=1"}),
    ("film.mov", "prores_ks", {"flags": "+ildct"}),
    ("film.avi", "mpeg4", {"flags": "+ildct+ilme"}),
]


@pytest.mark.parametrize(("name", "codec", "options"), FIELDS)
def test_films_flagged_as_interlaced_decode_like_others(encode, scene, name, codec, options):
    shots = [scene(seed)[:96, :160] for seed in (1, 2, 3)]
    images = [shots[number // 24] for number in range(72)]
    form = "yuv422p10le" if codec == "prores_ks" else "yuv420p"
    muxer = {"f": "mpegts"} if name.endswith(".mts") else {}
    path = encode(name, images, codec, options, muxer, pix_fmt=form, fps=25)
    frames = list(open_video(path).frames())
    assert len(frames) == 72
    changes = [
        np.abs(after.image.astype(int) - before.image).mean() for before, after in pairwise(frames)
    ]
    assert sorted(np.argsort(changes)[-2:]) == [23, 47]
    error = [np.abs(a.image.astype(int) - b).mean() for a, b in zip(frames, images, strict=True)]
    assert max(error) < 10


@pytest.mark.parametrize(("name", "codec", "options"), FIELDS)
def test_two_passes_give_the_same_pictures(encode, scene, name, codec, options):
    form = "yuv422p10le" if codec == "prores_ks" else "yuv420p"
    images = [np.roll(scene(1)[:96, :160], number, axis=1) for number in range(48)]
    reader = open_video(encode(name, images, codec, options, pix_fmt=form))
    once, again = (b"".join(f.image.tobytes() for f in reader.frames()) for _ in range(2))
    assert once == again


@pytest.mark.parametrize(
    ("matrix", "corner"),
    [
        ((1, 0, 0, 1), (0, 0)),
        ((0, 1, -1, 0), (0, 1)),
        ((-1, 0, 0, -1), (1, 1)),
        ((0, -1, 1, 0), (1, 0)),
        ((-1, 0, 0, 1), (0, 1)),
        ((0, 1, 1, 0), (0, 0)),
    ],
    ids=["not", "right", "about", "left", "mirrored", "transposed"],
)
def test_a_turned_film_is_upright(film, turn, matrix, corner):
    """corner: row and column, 0 or 1, where the white corner at the top left is displayed."""
    image = np.zeros((120, 320, 3), np.uint8)
    image[:60, :160] = 255
    path = film([image] * 30)
    turn(path, *matrix)
    reader = open_video(path)
    upright = next(reader.frames()).image
    turned = matrix[0] == 0
    assert (reader.video.width, reader.video.height) == ((120, 320) if turned else (320, 120))
    assert upright.shape == ((160, 60, 3) if turned else (60, 160, 3))
    halves = [np.array_split(half, 2, axis=1) for half in np.array_split(upright, 2)]
    light = [[quarter.mean() > 128 for quarter in half] for half in halves]
    assert np.argwhere(light).tolist() == [list(corner)]
