"""Films drawn here, cut anew and encoded anew: what is unchanged is found to the frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from engine.analysis import measure
from engine.arrays import Image
from engine.recut.pictures import Pictures, find_stretches
from engine.recut.stretches import Stretch
from engine.video.demo import draw_demo
from engine.video.writer import write_film

FPS = 24


def pictures(path: Path) -> Pictures:
    measured = measure(path)
    return Pictures(measured.curve.times, measured.prints, measured.end)


@pytest.fixture(scope="module")
def frames(tmp_path_factory) -> list[Image]:
    """The demo film's first twenty seconds; its cuts are at 6, 11, 16 and 17.5 s."""
    path = tmp_path_factory.mktemp("film") / "demo.mp4"
    draw_demo(path, seconds=20)
    with av.open(str(path)) as film:
        found = [frame.to_ndarray(format="bgr24") for frame in film.decode(video=0)]
    return [cv2.resize(image, (192, 108), interpolation=cv2.INTER_AREA) for image in found]


@pytest.fixture(scope="module")
def old(frames, tmp_path_factory) -> Pictures:
    path = tmp_path_factory.mktemp("film") / "old.mp4"
    write_film(path, frames, FPS)
    return pictures(path)


@pytest.fixture
def cut(frames, tmp_path) -> Callable[[Sequence[Image]], Pictures]:
    """Encodes pictures, in another size than those of the old film."""

    def make(images: Sequence[Image]) -> Pictures:
        path = tmp_path / "new.mp4"
        write_film(path, [cv2.resize(image, (256, 144)) for image in images], FPS)
        return pictures(path)

    return make


def noise(count: int) -> list[Image]:
    """New picture: a pattern that moves."""
    rng = np.random.default_rng(1)
    pattern = cv2.resize(rng.integers(0, 255, (9, 16, 3), np.uint8), (192, 108))
    return [np.roll(pattern, 2 * number, axis=1) for number in range(count)]


def part(frames: Sequence[Image], start: float, end: float) -> list[Image]:
    return list(frames[round(start * FPS) : round(end * FPS)])


def about(*stretches: tuple[float, float, float]) -> list[Stretch]:
    return [Stretch(*(pytest.approx(value, abs=0.01) for value in each)) for each in stretches]


def test_the_same_film_is_one_stretch(old, cut, frames):
    assert list(find_stretches(old, cut(frames))) == about((0, 0, 20))


def test_a_shot_that_is_removed(old, cut, frames):
    new = cut([*part(frames, 0, 6), *part(frames, 11, 20)])
    assert list(find_stretches(old, new)) == about((0, 0, 6), (11, 6, 9))


def test_a_shot_that_is_inserted(old, cut, frames):
    new = cut([*part(frames, 0, 11), *noise(60), *part(frames, 11, 20)])
    assert list(find_stretches(old, new)) == about((0, 0, 11), (11, 13.5, 9))


def test_shots_that_are_swapped_and_one_that_comes_twice(old, cut, frames):
    new = cut(
        [*part(frames, 0, 6), *part(frames, 11, 16), *part(frames, 6, 11), *part(frames, 11, 16)]
    )
    assert list(find_stretches(old, new)) == about((0, 0, 6), (11, 6, 5), (6, 11, 10))


def test_trims_within_shots_are_found_to_the_frame(old, cut, frames):
    new = cut([*part(frames, 2.25, 8.5), *part(frames, 9.75, 18)])
    assert list(find_stretches(old, new)) == about((2.25, 0, 6.25), (9.75, 6.25, 8.25))


def test_another_film_has_nothing_in_common(old, cut):
    assert find_stretches(old, cut(noise(120))) == ()


def test_another_take_of_a_shot_is_new_picture(old, cut, frames):
    """The same background, with something that moves otherwise across a quarter of the picture."""
    other = []
    for number, image in enumerate(part(frames, 6, 11)):
        again = image.copy()
        again[20:74, (3 * number) % 140 : (3 * number) % 140 + 48] = (40, 200, 90)
        other.append(again)
    new = cut([*part(frames, 0, 6), *other, *part(frames, 11, 20)])
    assert list(find_stretches(old, new)) == about((0, 0, 6), (11, 11, 9))


def test_black_frames_say_nothing(old, cut, frames):
    black = [np.zeros_like(frames[0])] * 48
    new = cut([*black, *part(frames, 6, 11)])
    assert list(find_stretches(old, new)) == about((6, 2, 5))


def test_dropped_frames_do_not_break_a_stretch(old, cut, frames):
    dropped = part(frames, 0, 11)
    dropped[100] = dropped[150] = noise(1)[0]
    assert list(find_stretches(old, cut(dropped))) == about((0, 0, 11))


def test_no_frames_have_nothing_in_common(old):
    nothing = Pictures(np.zeros(0), np.zeros((0, 40), np.uint8), 0.0)
    assert find_stretches(old, nothing) == find_stretches(nothing, old) == ()
