from __future__ import annotations

import math

import pytest

from engine.emotion.fusion import CATEGORIES, NEUTRAL, as_in_paper, fuse, pool
from engine.emotion.mapping import UNIFORM, Gaussian, mixture_mean
from engine.emotion.reading import NOTHING, Reading
from engine.section import EKMAN


def certain(emotion: str, share: float = 0.9) -> dict[str, float]:
    rest = (1 - share) / (len(EKMAN) - 1)
    return {name: share if name == emotion else rest for name in EKMAN}


def test_without_evidence_nothing_is_favoured_and_the_point_is_the_middle():
    for readings in ({}, {"look": NOTHING, "faces": NOTHING}):
        fused = fuse(readings)
        assert list(fused.probabilities.values()) == pytest.approx([1 / 6] * 6)
        assert (fused.point.valence, fused.point.arousal) == pytest.approx((0, 0))
        assert fused.arousal_from[NEUTRAL] == pytest.approx(1)


def test_experts_that_agree_are_surer_than_each():
    reading = Reading(certain("joy", 0.4), None, 0.8)
    alone, both = pool({"faces": reading}), pool({"faces": reading, "words": reading})
    assert both["joy"] > alone["joy"] > 1 / 6
    assert sum(both.values()) == pytest.approx(1)


def test_experts_that_contradict_each_other_leave_two_emotions():
    pooled = pool(
        {"faces": Reading(certain("joy"), None, 1), "words": Reading(certain("fear"), None, 1)}
    )
    assert pooled["joy"] == pytest.approx(pooled["fear"]) == pytest.approx(0.5, abs=0.06)


def test_an_expert_without_confidence_does_not_count():
    calm = Gaussian(0.7, 0.3, -0.7, 0.3)
    readings = {"look": Reading(UNIFORM, calm, 0.5)}
    silent = {**readings, "faces": Reading(certain("fear"), Gaussian(-0.9, 0.1, 0.9, 0.1), 0)}
    assert fuse(silent).point == fuse(readings).point


def test_calm_and_pleasant_is_reached_without_the_word_sad():
    calm = Reading(UNIFORM, Gaussian(0.8, 0.3, -0.8, 0.3), 0.8)
    fused = fuse({"faces": calm, "sound": calm})
    assert fused.point.valence > 0.6 and fused.point.arousal < -0.6
    assert as_in_paper(fused.probabilities).arousal > 0.4


def test_an_axis_that_is_not_read_stays_as_it_is():
    voice = Reading(UNIFORM, Gaussian(0, math.inf, 0.8, 0.3), 1)
    fused = fuse({"speech": voice})
    assert fused.point.valence == pytest.approx(0)
    assert fused.point.valence_sd == pytest.approx(0.6)
    assert fused.point.arousal > 0.5
    assert fused.arousal_from["speech"] > 0.7


def test_certain_categories_are_mapped_as_in_the_paper():
    fused = fuse({"words": Reading(certain("sadness", 0.99), None, 1)})
    valence, arousal = mixture_mean(fused.probabilities)
    assert fused.arousal_from[CATEGORIES] > 0.5
    assert fused.point.valence == pytest.approx(valence, abs=0.3)
    assert fused.point.arousal == pytest.approx(arousal, abs=0.2) and fused.point.arousal < 0
