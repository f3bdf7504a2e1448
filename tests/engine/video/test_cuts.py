from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from engine.video.cuts import (
    CLOSE,
    T_DIFF,
    CutCurve,
    CutDetector,
    boundaries,
    find_cuts,
    keep_apart,
)
from engine.video.reader import Frame, open_video

VIDEOS = Path(__file__).parents[4] / "shared" / "videos"

Image = NDArray[np.uint8]


def curve(images: Iterable[NDArray[np.floating] | Image], fps: float = 24) -> CutCurve:
    detector = CutDetector(fps)
    for number, image in enumerate(images):
        detector.push(Frame(number / fps, np.clip(image, 0, 255).astype(np.uint8)))
    return detector.result()


def cut_frames(images: Iterable[NDArray[np.floating] | Image], fps: float = 24) -> list[int]:
    return [round(time * fps) for time in find_cuts(curve(images, fps))]


def pan(scene: Image, speed: float, count: int) -> list[Image]:
    lefts = [int(speed * number) % 240 for number in range(count)]
    return [scene[:90, left : left + 160] for left in lefts]


@pytest.mark.parametrize("speed", [0, 1, 4])
@pytest.mark.parametrize("fps", [12, 24, 60])
def test_hard_cuts_are_found_at_every_speed_and_frame_rate(scene, speed, fps):
    shots = [pan(scene(seed), speed, 40) for seed in range(3)]
    assert cut_frames(chain(*shots), fps) == [40, 80]


def test_cuts_are_found_in_the_dark_and_in_noise(scene):
    rng = np.random.default_rng(0)
    dark = pan(scene(1, 2, 14), 0.5, 40) + pan(scene(2, 2, 14), 0.5, 40)
    assert cut_frames(image + rng.normal(0, 1.5, image.shape) for image in dark) == [40]
    bright = pan(scene(1), 1, 40) + pan(scene(2), 1, 40)
    assert cut_frames(image + rng.normal(0, 12, image.shape) for image in bright) == [40]


def test_a_cut_to_another_colour_of_the_same_brightness_is_found(scene):
    grey, green = np.full((90, 160, 3), 120.0), np.full((90, 160, 3), (60, 150, 95))
    assert cut_frames([grey] * 30 + [green] * 30) == [30]


@pytest.mark.parametrize("held", [1, 2, 3])
def test_fast_motion_is_not_a_cut(scene, held):
    images = pan(scene(1), 12, 20)
    assert cut_frames(images[number // held * held] for number in range(20)) == []


@pytest.mark.parametrize("fps", [24, 60])
@pytest.mark.parametrize("strength", [220, -220])
def test_a_flash_is_not_a_cut(scene, fps, strength):
    lit = range(40, 40 + max(1, round(0.1 * fps)))
    images = pan(scene(1), 1, 90)
    assert cut_frames((x + float(strength * (n in lit)) for n, x in enumerate(images)), fps) == []


@pytest.mark.parametrize("length", [4, 12, 24])
def test_a_fade_through_black_is_at_most_one_cut(scene, length):
    down = np.r_[np.ones(30), np.linspace(1, 0, length), np.zeros(4)]
    shots = [(scene(1), down), (scene(2), down[::-1])]
    images = [s[:90, :160] * light for s, lights in shots for light in lights]
    assert len(cut_frames(images)) <= 1


def test_a_dissolve_and_a_title_are_not_cuts(scene):
    first, second = scene(1)[:90, :160].astype(float), scene(2)[:90, :160].astype(float)
    shares = np.clip(np.linspace(-1, 2, 60), 0, 1)
    assert cut_frames((1 - share) * first + share * second for share in shares) == []
    titled = first.copy()
    titled[38:52, 40:120] = 255
    assert cut_frames([first] * 30 + [titled] * 30) == []


@pytest.mark.parametrize("level", [0, 3, 128])
def test_a_still_film_has_no_cuts(level):
    rng = np.random.default_rng(0)
    assert cut_frames([np.full((90, 160, 3), level)] * 60) == []
    assert cut_frames(level + rng.normal(0, 3, (60, 90, 160, 3))) == []


@pytest.mark.parametrize("count", [0, 1, 5])
def test_a_film_too_short_for_a_shot_has_no_cuts(scene, count):
    assert cut_frames(pan(scene(1), 90, count)) == []


def test_a_single_frame_at_either_end_is_not_a_shot(scene):
    other = pan(scene(2), 0, 1)
    assert cut_frames(other + pan(scene(1), 1, 40) + other) == []


def test_another_threshold_needs_no_second_pass(scene):
    scores = curve(pan(scene(1), 1, 40) + pan(scene(2), 1, 40))
    assert len(scores.times) == len(scores.scores) == 80
    assert find_cuts(scores, 1.1) == find_cuts(scores) == (40 / 24,)
    assert find_cuts(scores, 100.0) == ()


def test_t_diff_counts_from_the_last_kept_cut():
    assert keep_apart([1.0, 3.0, 4.9, 5.0, 8.9, 9.5]) == (1.0, 5.0, 9.5)
    assert keep_apart([]) == ()


@given(st.lists(st.floats(0, 100)).map(sorted))
def test_t_diff_keeps_the_first_cut_and_drops_only_close_ones(cuts):
    kept = keep_apart(cuts)
    assert kept[:1] == tuple(cuts[:1])
    assert all(any(0 <= cut - other < T_DIFF for other in kept) for cut in cuts)
    assert all(after - before >= T_DIFF for before, after in pairwise(kept))


@pytest.mark.parametrize(
    ("name", "golden"),
    [("big-buck-bunny-30s.mp4", [285, 378, 553]), ("sintel-trailer.mp4", [])],
)
def test_cuts_of_real_films_stay_the_same(
    name: str, golden: list[int], cuts_of: Callable[[Path], tuple[float, ...]]
):
    path = VIDEOS / name
    if not path.exists():
        pytest.skip(f"{name} is in ../shared, which is missing")
    assert [round(24 * cut) for cut in cuts_of(path)] == golden


@pytest.fixture
def cuts_of() -> Callable[[Path], tuple[float, ...]]:
    def find(path: Path) -> tuple[float, ...]:
        detector = CutDetector(24)
        for frame in open_video(path).frames():
            detector.push(frame)
        return find_cuts(detector.result())

    return find


@pytest.mark.parametrize(
    ("cuts", "duration", "marks"),
    [
        ([11.9, 15.0, 23.0], 30.0, (0.0, 11.9, 23.0, 28.0)),
        ([2.0, 7.0], 10.0, (2.0, 7.0)),
        ([], 30.0, (0.0, 28.0)),
        ([4.0], 4.0 + T_DIFF + CLOSE, (0.0, 4.0, 8.0)),
        ([], 5.0, (0.0,)),
    ],
)
def test_boundaries_include_the_beginning_and_the_end_of_the_film(cuts, duration, marks):
    assert boundaries(cuts, duration) == marks
