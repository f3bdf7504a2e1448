import itertools
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from engine.cues import EKMAN, Section
from engine.emotion.mapping import SCALED, mixture_mean
from engine.emotion.perception import (
    SOURCE,
    Features,
    Perception,
    describe,
    estimate,
    override,
    sections,
    split_sections,
)
from engine.errors import EmsyncError

Image = NDArray[np.uint8]
VIDEOS = Path(__file__).parents[4] / "shared" / "videos"
TYPICAL = Features(30, 40, 16, 20, 0.4, 10)
RNG = np.random.default_rng(0)
TEXTURE = RNG.uniform(0.3, 1, (90, 160, 1))


def painted(*bgr: int) -> Image:
    """A frame of one hue with a coarse texture of light."""
    rough = cv2.resize(TEXTURE[::9, ::8], (160, 90), interpolation=cv2.INTER_CUBIC)
    return (np.clip(rough, 0, 1)[..., None] * bgr).astype(np.uint8)


def watch(paint: Callable[[float], Image], seconds: float, fps: float = 10) -> Perception:
    perception = Perception()
    for frame in range(round(seconds * fps)):
        perception.push(frame / fps, paint(frame / fps))
    return perception


def entropy(probabilities: dict[str, float]) -> float:
    """Entropy as a share of that of six equal chances."""
    return -sum(p * math.log(p) for p in probabilities.values() if p) / math.log(6)


def sliding(speed: float, *bgr: int) -> Callable[[float], Image]:
    """A texture that moves ``speed`` pixels a second."""
    image = painted(*bgr)
    return lambda time: np.roll(image, round(speed * time), axis=1)


def test_colours_are_measured() -> None:
    grey = watch(lambda _: np.full((90, 160, 3), 119, np.uint8), 2).features(0, 2, ())
    assert (grey.brightness, grey.saturation, grey.contrast) == pytest.approx((50, 0, 0), abs=0.5)
    red = watch(lambda _: np.full((90, 160, 3), (0, 0, 255), np.uint8), 2).features(0, 2, ())
    assert (red.brightness, red.saturation) == pytest.approx((53.2, 104.6), abs=0.5)


def test_letterbox_bars_are_no_dark_picture() -> None:
    def boxed(time: float) -> Image:
        frame = np.zeros((160, 160, 3), np.uint8)
        frame[40:120] = cv2.resize(sliding(20, 200, 220, 255)(time), (160, 80))
        return frame

    bare = watch(sliding(20, 200, 220, 255), 4).features(0, 4, ())
    within = watch(boxed, 4).features(0, 4, ())
    assert within.brightness == pytest.approx(bare.brightness, abs=2)
    assert within.contrast == pytest.approx(bare.contrast, rel=0.2)
    assert within.motion == pytest.approx(bare.motion, rel=0.3)


def test_faster_is_more_motion() -> None:
    still, slow, fast = (
        watch(sliding(speed, 200, 200, 200), 4).features(0, 4, ()).motion for speed in (0, 10, 40)
    )
    assert still == 0 < 2 * slow < fast


def test_motion_leaves_cuts_out() -> None:
    perception = watch(lambda t: painted(0, 0, 255) if t < 2 else painted(255, 255, 0), 4)
    assert perception.features(0, 4, ()).motion > 0.1
    assert perception.features(0, 4, (2.0,)).motion == 0


def test_cutting_rate_counts_the_cuts_within() -> None:
    perception = watch(sliding(5, 200, 200, 200), 20)
    assert perception.features(5, 20, (1.0, 5.0, 9.0, 13.0, 20.0)).cuts_per_minute == 12


def test_features_are_of_their_own_stretch_and_weigh_frames_by_time() -> None:
    perception = Perception()
    for time, level in ((0.0, 0), (1.0, 119), (4.0, 255)):
        perception.push(time, np.full((90, 160, 3), level, np.uint8))
    assert perception.features(1, 4, ()).brightness == pytest.approx(50, abs=0.5)
    assert perception.features(0, 4, ()).brightness == pytest.approx(37.5, abs=0.5)


def test_frame_rate_is_no_motion() -> None:
    often, seldom = (watch(sliding(20, 9, 99, 200), 6, fps) for fps in (60, 5))
    assert often.features(0, 6, ()).motion == pytest.approx(
        seldom.features(0, 6, ()).motion, rel=0.1
    )


@pytest.mark.parametrize(
    "perception",
    [
        Perception(),
        watch(lambda _: painted(0, 0, 0), 30, 5),
        watch(lambda _: np.full((90, 160, 3), (0, 0, 255), np.uint8), 30, 5),
        watch(lambda _: painted(0, 200, 255), 0.1),
    ],
    ids=["nothing", "black", "one colour", "one frame"],
)
def test_no_evidence_favours_nothing(perception: Perception) -> None:
    probabilities = describe(perception.features(0, 30, ()))
    assert list(probabilities.values()) == pytest.approx([1 / 6] * 6, abs=1e-3)


def test_typical_film_favours_next_to_nothing() -> None:
    assert entropy(describe(TYPICAL)) > 0.98


def test_no_film_gets_a_confident_answer() -> None:
    extremes = itertools.product(
        [36000], [0, 40, 100], [0, 16, 130], [50], [0, 0.4, 99], [0, 5, 10, 20, 900]
    )
    answers = [describe(Features(*features)) for features in extremes]
    assert min(map(entropy, answers)) >= 0.75
    assert max(max(answer.values()) for answer in answers) <= 0.47
    assert max(max(answer.values()) for answer in answers) > 0.4


def test_less_film_is_less_sure() -> None:
    bright = replace(TYPICAL, brightness=75, saturation=30)
    sure = [entropy(describe(replace(bright, seconds=seconds))) for seconds in (0.5, 2, 10)]
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
def test_each_feature_pulls_the_way_the_literature_says(
    feature: str, more: float, valence: int, arousal: int
) -> None:
    usual, changed = estimate(TYPICAL), estimate(replace(TYPICAL, **{feature: more}))
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
def test_plain_cases(film: Features, emotions: set[str]) -> None:
    probabilities = describe(film)
    assert tuple(probabilities) == EKMAN
    assert max(probabilities, key=probabilities.__getitem__) in emotions


@pytest.mark.parametrize(
    ("cuts", "duration", "expected"),
    [
        ((), 100, [(0, 100)]),
        ((3, 6), 10, [(0, 10)]),
        ((5, 16, 20, 40), 60, [(0, 16), (16, 40), (40, 60)]),
        ((20, 50), 60, [(0, 20), (20, 60)]),
        ((15, 30), 45, [(0, 15), (15, 30), (30, 45)]),
    ],
)
def test_split_sections(cuts, duration: float, expected) -> None:
    assert split_sections(cuts, duration) == tuple(expected)


def day_and_night(time: float) -> Image:
    colours = (150, 240, 255) if time < 40 else (30, 20, 15)
    return sliding(5, *colours)(time)


def test_a_film_that_changes_has_sections() -> None:
    perception = watch(day_and_night, 80, 5)
    day, night = sections(perception, (20.0, 40.0, 60.0), 80)
    assert (day.start, day.end, night.start, night.end) == (0, 40, 40, 80)
    assert day.valence > night.valence + 0.15
    assert day.source == SOURCE
    assert (day.valence, day.arousal) == mixture_mean(day.probabilities)


def test_a_film_that_stays_alike_is_one_section() -> None:
    perception = watch(sliding(5, 150, 240, 255), 100, 5)
    (whole,) = sections(perception, (20.0, 40.0, 60.0, 80.0), 100)
    assert (whole.start, whole.end) == (0, 100)
    apart = sections(perception, (20.0, 40.0, 60.0, 80.0), 100, alike=0)
    assert [section.end for section in apart] == [20, 40, 60, 80, 100]


def test_sections_scale_with_mu_max() -> None:
    perception = watch(day_and_night, 30, 5)
    (full,), (half,) = (sections(perception, (), 30, mu_max) for mu_max in (0.8, 0.4))
    assert half.valence == pytest.approx(full.valence / 2)


SECTIONS = (
    Section(0, 20, dict.fromkeys(EKMAN, 1 / 6), -0.2, 0.4, SOURCE),
    Section(20, 50, dict.fromkeys(EKMAN, 1 / 6), 0.1, 0.5, SOURCE),
)


def test_override_by_nothing() -> None:
    assert override(SECTIONS) == SECTIONS


@pytest.mark.parametrize("emotion", EKMAN)
def test_override_by_emotion(emotion: str) -> None:
    for before, after in zip(SECTIONS, override(SECTIONS, emotion=emotion), strict=True):
        assert after.probabilities == {name: float(name == emotion) for name in EKMAN}
        expected = (SCALED[emotion].valence, SCALED[emotion].arousal)
        assert (after.valence, after.arousal) == pytest.approx(expected)
        assert (after.start, after.end, after.source) == (before.start, before.end, "user")


def test_override_by_one_coordinate_keeps_the_other() -> None:
    (first, second) = override(SECTIONS, valence=0.9)
    assert (first.valence, first.arousal, second.valence, second.arousal) == (0.9, 0.4, 0.9, 0.5)
    assert first.probabilities == SECTIONS[0].probabilities
    assert first.source == f"user (valence), {SOURCE}"
    assert override(SECTIONS, arousal=0.0)[1] == replace(
        SECTIONS[1], arousal=0.0, source=f"user (arousal), {SOURCE}"
    )


def test_override_by_both_coordinates_leaves_no_probabilities() -> None:
    (first, _) = override(SECTIONS, valence=-1, arousal=1)
    assert first == Section(0, 20, {}, -1, 1, "user")


def test_override_by_emotion_and_a_coordinate() -> None:
    (first, _) = override(SECTIONS, emotion="joy", arousal=-0.5)
    assert (first.valence, first.arousal) == pytest.approx((0.8, -0.5))
    assert (first.probabilities["joy"], first.source) == (1.0, "user")


def test_override_scales_with_mu_max() -> None:
    assert override(SECTIONS, emotion="joy", mu_max=0.4)[0].valence == pytest.approx(0.4)


@pytest.mark.parametrize(
    "wish",
    [{"valence": 3.0}, {"arousal": -1.01}, {"valence": math.nan}, {"emotion": "calm"}],
)
def test_override_refuses_in_one_line(wish) -> None:
    with pytest.raises(EmsyncError, match=r"^[^\n]+: give [^\n]+$"):
        override(SECTIONS, **wish)


@pytest.mark.skipif(not VIDEOS.is_dir(), reason="needs ../shared/videos")
def test_the_bunny_is_gladder_than_sintel_and_calmer() -> None:
    def look(name: str, cuts: tuple[float, ...]) -> Features:
        film, perception = cv2.VideoCapture(str(VIDEOS / name)), Perception()
        for frame in itertools.count():
            there, image = film.read()
            if not there:
                return perception.features(0, frame / 24, cuts)
            perception.push(frame / 24, cv2.resize(image, (160, 90)))
        raise AssertionError

    bunny = estimate(look("big-buck-bunny-30s.mp4", (11.875, 15.75, 23.042)))
    sintel = estimate(look("sintel-trailer.mp4", ()))
    assert bunny.valence > sintel.valence + 0.2
    assert bunny.arousal < sintel.arousal - 0.1
    assert bunny.valence_sd > 0.5
