from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.cues import Transition
from engine.video.cuts import CutCurve, CutDetector, find_cuts
from engine.video.reader import Frame, open_video

VIDEOS = Path(__file__).parents[4] / "shared" / "videos"

Image = NDArray[np.uint8]
Pictures = Iterable[NDArray[np.floating] | Image]


def curve(images: Pictures, fps: float = 24) -> CutCurve:
    return curve_at((number / fps, image) for number, image in enumerate(images))


def curve_at(
    frames: Iterable[tuple[float, NDArray[np.floating] | Image]],
    fps: float = 24,
    end: float | None = None,
) -> CutCurve:
    detector = CutDetector(fps)
    for time, image in frames:
        detector.push(Frame(time, np.clip(image, 0, 255).astype(np.uint8)))
    return detector.result(end)


def found(images: Pictures, fps: float = 24) -> list[Transition]:
    detector = CutDetector(fps)
    for number, image in enumerate(images):
        detector.push(Frame(number / fps, np.clip(image, 0, 255).astype(np.uint8)))
    return list(find_cuts(detector.result()))


def cut_frames(images: Pictures, fps: float = 24) -> list[int]:
    """The frames of hard cuts; other transitions fail the test."""
    transitions = found(images, fps)
    assert {each.kind for each in transitions} <= {"cut"}
    return [round(each.time * fps) for each in transitions]


def pan(scene: Image, speed: float, count: int) -> list[Image]:
    lefts = [int(speed * number) % 240 for number in range(count)]
    return [scene[:90, left : left + 160] for left in lefts]


def mix(old: Image, new: Image, share: float) -> NDArray[np.floating]:
    return (1 - share) * old.astype(float) + share * new.astype(float)


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


@pytest.mark.parametrize("speed", [0, 1, 3])
@pytest.mark.parametrize("fps", [24, 30, 60])
@pytest.mark.parametrize("share", [0.3, 0.5, 0.7])
def test_a_cut_with_a_blended_frame_is_one_cut_where_the_new_shot_prevails(
    scene, speed, fps, share
):
    old, new = pan(scene(1), speed, 60), pan(scene(2), speed, 60)
    images = [*old[:40], mix(old[40], new[40], share), *new[41:]]
    assert cut_frames(images, fps) == [40 if share >= 0.5 else 41]


@pytest.mark.parametrize("fps", [25, 50])
def test_a_cut_between_the_fields_of_a_frame_is_found(scene, fps):
    old, new = pan(scene(1), 1, 60), pan(scene(2), 1, 60)
    woven = old[40].copy()
    woven[1::2] = new[40][1::2]
    (cut,) = cut_frames([*old[:40], woven, *new[41:]], fps)
    assert cut in (40, 41)


def test_conversion_from_24_to_60_frames_by_blending_keeps_every_cut(scene):
    source = list(chain(*(pan(scene(seed), 1, 48) for seed in range(3))))
    images = []
    for number in range(round(len(source) * 2.5) - 3):
        whole, share = divmod(number / 2.5, 1)
        images.append(mix(source[int(whole)], source[int(whole) + 1], share))
    cuts = cut_frames(images, 60)
    assert len(cuts) == 2
    assert all(abs(cut - true) <= 2 for cut, true in zip(cuts, (118, 238), strict=True))


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


@pytest.mark.parametrize("period", [2, 3, 4])
def test_a_strobe_is_no_transition(scene, period):
    images = pan(scene(1), 1, 120)
    lit = [40 <= n < 64 and n % period < period / 2 for n in range(120)]
    assert found(image * (0.3 if on else 1.0) for image, on in zip(images, lit, strict=True)) == []


def test_light_that_changes_slowly_is_no_transition(scene):
    images = pan(scene(1), 0.05, 240)
    assert found(x * (0.75 + 0.25 * np.cos(n / 24)) for n, x in enumerate(images)) == []


def test_a_shaking_camera_makes_no_transition(scene):
    rng = np.random.default_rng(0)
    wide, places = scene(1), rng.integers(0, 6, (100, 2))
    assert found(wide[y : y + 90, x : x + 160] for y, x in places) == []


@pytest.mark.parametrize("soft", [False, True])
def test_a_title_is_no_transition(scene, soft):
    picture = scene(1)[:90, :160].astype(float)
    titled = picture.copy()
    titled[38:52, 40:120] = 255
    shares = np.clip((np.arange(120) - 50) / (12 if soft else 1e-6), 0, 1)
    assert found(mix(picture, titled, share) for share in shares) == []


@pytest.mark.parametrize("level", [0, 3, 128])
def test_a_still_film_has_no_cuts(level):
    rng = np.random.default_rng(0)
    assert found([np.full((90, 160, 3), level)] * 60) == []
    assert found(level + rng.normal(0, 3, (60, 90, 160, 3))) == []


@pytest.mark.parametrize("count", [0, 1, 5])
def test_a_film_too_short_for_a_shot_has_no_cuts(scene, count):
    assert found(pan(scene(1), 90, count)) == []


def test_a_single_frame_at_either_end_is_not_a_shot(scene):
    other = pan(scene(2), 0, 1)
    assert cut_frames(other + pan(scene(1), 1, 40) + other) == []


def test_slides_of_one_frame_each_are_shots(scene):
    slides = [(3.0 * number, scene(number)[:90, :160]) for number in range(5)]
    cuts = find_cuts(curve_at(slides, 1 / 3, end=15.0))
    assert [each.time for each in cuts] == [3.0, 6.0, 9.0, 12.0]


def test_frames_two_a_second_that_show_motion_are_no_slides(scene):
    frames = [(number / 2, image) for number, image in enumerate(pan(scene(1), 12, 20))]
    assert find_cuts(curve_at(frames, 2)) == ()


@pytest.mark.parametrize("fps", [24, 30, 60])
@pytest.mark.parametrize("seconds", [0.4, 1.0, 2.0])
def test_a_dissolve_is_found_with_its_extent(scene, fps, seconds):
    count, length = round(3 * fps), round(seconds * fps)
    old, new = pan(scene(1), 5 / fps, 2 * count), pan(scene(5), 5 / fps, 2 * count)
    shares = np.clip((np.arange(2 * count) - count) / length, 0, 1)
    images = [mix(a, b, share) for a, b, share in zip(old, new, shares, strict=True)]
    (dissolve,) = found(images, fps)
    assert dissolve.kind == "dissolve"
    assert dissolve.time == dissolve.centre == pytest.approx(3 + seconds / 2, abs=0.12)
    assert dissolve.start == pytest.approx(3, abs=0.1 + 0.2 * seconds)
    assert dissolve.end == pytest.approx(3 + seconds, abs=0.1 + 0.2 * seconds)
    assert 0.05 < dissolve.strength < 1


@pytest.mark.parametrize("colour", [0, 255])
@pytest.mark.parametrize("fps", [24, 50])
@pytest.mark.parametrize("length", [0.25, 1.0])
def test_a_fade_is_found_and_marks_the_first_picture_after_it(scene, fps, colour, length):
    ramp = np.linspace(0, 1, round(length * fps) + 2)[1:-1]
    black = round(0.5 * fps)
    still = 3 * fps
    old, new = scene(1)[:90, :160], scene(2)[:90, :160]
    flat = np.full_like(old, colour)
    images = [
        *[old] * still,
        *(mix(old, flat, share) for share in ramp),
        *[flat] * black,
        *(mix(new, flat, share) for share in ramp[::-1]),
        *[new] * still,
    ]
    (fade,) = found(images, fps)
    out, back = 3 + len(ramp) / fps, 3 + (len(ramp) + black) / fps
    assert fade.kind == "fade"
    assert fade.time == pytest.approx(back, abs=0.07)
    assert fade.centre == pytest.approx((out + back) / 2, abs=0.1)
    assert fade.start == pytest.approx(3, abs=0.1)
    assert fade.end == pytest.approx(back + length, abs=0.1)


def test_a_picture_that_comes_up_at_the_beginning_or_goes_at_the_end_is_no_transition(scene):
    picture, ramp = scene(1)[:90, :160], np.linspace(0, 1, 24)
    lights = [*[0.0] * 12, *ramp, *[1.0] * 72, *ramp[::-1], *[0.0] * 12]
    assert found(picture * light for light in lights) == []


def test_two_dissolves_around_a_pale_picture_are_no_fade(scene):
    first, pale, last = (scene(seed)[:90, :160].astype(float) for seed in (1, 5, 2))
    pale = 60 + 0.35 * (pale - pale.mean())
    images = [
        *[first] * 60,
        *(mix(first, pale, share) for share in np.linspace(0, 1, 16)),
        *[pale] * 30,
        *(mix(pale, last, share) for share in np.linspace(0, 1, 16)),
        *[last] * 60,
    ]
    assert [each.kind for each in found(images)] == ["dissolve", "dissolve"]


def test_letterbox_bars_hide_no_dissolve(scene):
    old, new = scene(1)[:90, :160].copy(), scene(5)[:90, :160].copy()
    for picture in (old, new):
        picture[:14] = picture[76:] = 0
    shares = np.clip((np.arange(144) - 60) / 24, 0, 1)
    assert [each.kind for each in found(mix(old, new, share) for share in shares)] == ["dissolve"]


def test_a_film_longer_than_a_block_has_its_dissolves_once(scene):
    scenes = [scene(seed)[:90, :160] for seed in (1, 2, 5, 6)]
    shares = np.clip((np.arange(400) - 340) / 24, 0, 1)
    images = [
        mix(scenes[number % 4], scenes[(number + 1) % 4], share)
        for number in range(5) for share in shares
    ]  # fmt: skip
    transitions = found(images)
    assert [each.kind for each in transitions] == ["dissolve"] * 5
    expected = [(400 * number + 352) / 24 for number in range(5)]
    assert [each.time for each in transitions] == pytest.approx(expected, abs=0.15)


def test_another_sensitivity_needs_no_second_pass(scene):
    scores = curve(pan(scene(1), 1, 40) + pan(scene(2), 1, 40))
    assert len(scores.times) == len(scores.scores) == len(scores.changes) == 80
    (cut,) = find_cuts(scores)
    assert find_cuts(scores, 1.5) == (cut,) and cut.time == 40 / 24
    assert find_cuts(scores, 0.001) == ()


@pytest.mark.parametrize(
    ("name", "golden"),
    [
        ("big-buck-bunny-30s.mp4", [("cut", 285), ("cut", 378), ("cut", 553)]),
        ("sintel-trailer.mp4", [("fade", 52)]),
    ],
)
def test_transitions_of_real_films_stay_the_same(
    name: str, golden: list[tuple[str, int]], cuts_of: Callable[[Path], tuple[Transition, ...]]
):
    path = VIDEOS / name
    if not path.exists():
        pytest.skip(f"{name} is in ../shared, which is missing")
    assert [(each.kind, round(24 * each.time)) for each in cuts_of(path)] == golden


@pytest.fixture
def cuts_of() -> Callable[[Path], tuple[Transition, ...]]:
    def find(path: Path) -> tuple[Transition, ...]:
        detector = CutDetector(24)
        for frame in open_video(path).frames():
            detector.push(frame)
        return find_cuts(detector.result())

    return find
