import itertools
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from engine.emotion.experts.look import INTERVAL, Look
from engine.emotion.experts.look_estimate import Features, point, probabilities, standing
from engine.emotion.mapping import Gaussian
from engine.section import EKMAN

Image = NDArray[np.uint8]
VIDEOS = Path(__file__).parents[5] / "shared" / "videos"
TYPICAL = Features(30, 40, 16, 20, 0.4, 10)
RNG = np.random.default_rng(0)
TEXTURE = RNG.uniform(0.3, 1, (90, 160, 1))


def painted(*bgr: int) -> Image:
    """A frame of one hue with a coarse texture of light."""
    rough = cv2.resize(TEXTURE[::9, ::8], (160, 90), interpolation=cv2.INTER_CUBIC)
    return (np.clip(rough, 0, 1)[..., None] * bgr).astype(np.uint8)


def watch(paint: Callable[[float], Image], seconds: float, fps: float = 10) -> Look:
    look = Look()
    step = max(1, round(INTERVAL * fps))
    for frame in range(0, round(seconds * fps), step):
        look.picture(frame / fps, paint(frame / fps))
    return look


def entropy(found: dict[str, float]) -> float:
    """Entropy as a share of that of six equal probabilities."""
    return -sum(p * math.log(p) for p in found.values() if p) / math.log(6)


def described(features: Features) -> dict[str, float]:
    return probabilities(standing(features))


def placed(features: Features) -> Gaussian:
    return point(standing(features))


def sliding(speed: float, *bgr: int) -> Callable[[float], Image]:
    """A texture that moves ``speed`` pixels a second."""
    image = painted(*bgr)
    return lambda time: np.roll(image, round(speed * time), axis=1)


def test_colours_are_measured() -> None:
    grey = watch(lambda _: np.full((90, 160, 3), 119, np.uint8), 2).features(0, 2, ())
    assert (grey.brightness, grey.saturation, grey.contrast) == pytest.approx((50, 0, 0), abs=0.5)
    red = watch(lambda _: np.full((90, 160, 3), (0, 0, 255), np.uint8), 2).features(0, 2, ())
    assert (red.brightness, red.saturation) == pytest.approx((53.2, 104.6), abs=0.5)


def test_letterbox_bars_do_not_darken_the_picture() -> None:
    def boxed(time: float) -> Image:
        frame = np.zeros((160, 160, 3), np.uint8)
        frame[40:120] = cv2.resize(sliding(20, 200, 220, 255)(time), (160, 80))
        return frame

    bare = watch(sliding(20, 200, 220, 255), 4).features(0, 4, ())
    within = watch(boxed, 4).features(0, 4, ())
    assert within.brightness == pytest.approx(bare.brightness, abs=2)
    assert within.contrast == pytest.approx(bare.contrast, rel=0.2)
    assert within.motion == pytest.approx(bare.motion, rel=0.3)


def test_faster_movement_is_more_motion() -> None:
    still, slow, fast = (
        watch(sliding(speed, 200, 200, 200), 4).features(0, 4, ()).motion for speed in (0, 10, 40)
    )
    assert still == 0 < 2 * slow < fast


def test_cuts_do_not_count_as_motion() -> None:
    look = watch(lambda t: painted(0, 0, 255) if t < 2 else painted(255, 255, 0), 4)
    assert look.features(0, 4, ()).motion > 0.1
    assert look.features(0, 4, (2.0,)).motion == 0


def test_the_cutting_rate_counts_only_cuts_within_the_stretch() -> None:
    look = watch(sliding(5, 200, 200, 200), 20)
    assert look.features(5, 20, (1.0, 5.0, 9.0, 13.0, 20.0)).cuts_per_minute == 8


def test_features_cover_their_stretch_and_weight_frames_by_time() -> None:
    look = Look()
    for time, level in ((0.0, 0), (1.0, 119), (4.0, 255)):
        look.picture(time, np.full((90, 160, 3), level, np.uint8))
    assert look.features(1, 4, ()).brightness == pytest.approx(50, abs=0.5)
    assert look.features(0, 4, ()).brightness == pytest.approx(37.5, abs=0.5)


def test_motion_does_not_depend_on_the_frame_rate() -> None:
    often, seldom = (watch(sliding(20, 9, 99, 200), 6, fps) for fps in (60, 5))
    assert often.features(0, 6, ()).motion == pytest.approx(
        seldom.features(0, 6, ()).motion, rel=0.1
    )


@pytest.mark.parametrize(
    "look",
    [
        Look(),
        watch(lambda _: painted(0, 0, 0), 30, 5),
        watch(lambda _: np.full((90, 160, 3), (0, 0, 255), np.uint8), 30, 5),
        watch(lambda _: painted(0, 200, 255), 0.1),
    ],
    ids=["nothing", "black", "one colour", "one frame"],
)
def test_without_evidence_all_emotions_are_equal(look: Look) -> None:
    found = described(look.features(0, 30, ()))
    assert list(found.values()) == pytest.approx([1 / 6] * 6, abs=1e-3)


def test_a_typical_film_favours_hardly_any_emotion() -> None:
    assert entropy(described(TYPICAL)) > 0.98


def test_no_film_gets_a_confident_answer() -> None:
    extremes = itertools.product(
        [36000], [0, 40, 100], [0, 16, 130], [50], [0, 0.4, 99], [0, 5, 10, 20, 900]
    )
    answers = [described(Features(*features)) for features in extremes]
    assert min(map(entropy, answers)) >= 0.75
    assert max(max(answer.values()) for answer in answers) <= 0.47
    assert max(max(answer.values()) for answer in answers) > 0.4


def test_a_shorter_film_gets_a_less_certain_answer() -> None:
    bright = replace(TYPICAL, brightness=75, saturation=30)
    sure = [entropy(described(replace(bright, seconds=seconds))) for seconds in (0.5, 2, 10)]
    assert sure == sorted(sure, reverse=True)


@pytest.mark.parametrize(
    ("feature", "more", "valence", "arousal"),
    [
        ("brightness", 60, 1, -1),
        ("saturation", 30, 1, 1),
        ("motion", 1.5, 0, 1),
        ("cuts_per_minute", 30, 0, 1),
    ],
)
def test_each_feature_has_the_direction_given_in_the_literature(
    feature: str, more: float, valence: int, arousal: int
) -> None:
    usual, changed = placed(TYPICAL), placed(replace(TYPICAL, **{feature: more}))
    assert np.sign(changed.valence - usual.valence) == valence
    assert np.sign(changed.arousal - usual.arousal) == arousal


@pytest.mark.parametrize(
    ("film", "emotions"),
    [
        (Features(60, 75, 35, 20, 1, 15), {"joy", "surprise"}),
        (Features(60, 15, 3, 12, 0.03, 2), {"sadness"}),
        (Features(60, 12, 12, 15, 3, 40), {"anger", "fear"}),
    ],
    ids=["sunny and lively", "dark, grey and still", "dark and hectic"],
)
def test_extreme_films_get_the_expected_emotion(film: Features, emotions: set[str]) -> None:
    found = described(film)
    assert tuple(found) == EKMAN
    assert max(found, key=found.__getitem__) in emotions


@pytest.mark.skipif(not VIDEOS.is_dir(), reason="needs ../shared/videos")
def test_big_buck_bunny_is_happier_and_calmer_than_sintel() -> None:
    def watched(name: str, cuts: tuple[float, ...]) -> Features:
        film, look = cv2.VideoCapture(str(VIDEOS / name)), Look()
        for frame in itertools.count():
            there, image = film.read()
            if not there:
                return look.features(0, frame / 24, cuts)
            if frame % 5 == 0:
                look.picture(frame / 24, cv2.resize(image, (160, 90)))
        raise AssertionError

    bunny = placed(watched("big-buck-bunny-30s.mp4", (11.875, 15.75, 23.042)))
    sintel = placed(watched("sintel-trailer.mp4", ()))
    assert bunny.valence > sintel.valence + 0.2
    assert bunny.arousal < sintel.arousal - 0.1
    assert bunny.valence_sd > 0.5
