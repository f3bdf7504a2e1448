"""The report on labelled films, from readings whose figures are known."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.analysis import measure
from engine.emotion.calibration import UNIFORM_LOSS
from engine.emotion.experts.clip import prompts
from engine.emotion.experts.scene import SceneTrack
from engine.emotion.labels import LabelledFilm
from engine.evaluation.emotion_films import FilmReading, evaluate, read_film, table
from engine.section import EKMAN


def certain(emotion, share=0.5):
    return {name: share if name == emotion else (1 - share) / 5 for name in EKMAN}


def reading(true, read, valence=0.0, labelled=math.nan, **experts):
    film = LabelledFilm(Path(f"{true}.mp4"), true, valence=labelled)
    without = {name: certain(read) for name in experts}
    return FilmReading(film, certain(read), valence, 0.25, experts, without)


def test_log_loss_top_1_and_confusion_count_the_films_with_an_emotion():
    readings = [reading("joy", "joy"), reading("fear", "fear"), reading("anger", "joy")]
    report = evaluate([*readings, reading(None, "joy")])
    found = report["categories"]
    assert report["films"] == 4 and found["log_loss"]["n"] == 3
    expected = (2 * -math.log(0.5) - math.log(0.1)) / 3
    assert found["log_loss"]["value"] == pytest.approx(expected)
    assert found["top_1"]["value"] == pytest.approx(2 / 3)
    assert found["confusion"]["anger"][EKMAN.index("joy")] == 1
    assert found["calibration_error"] == pytest.approx(abs(0.5 - 2 / 3))


def test_axes_have_their_spread_and_go_with_labels():
    values, labels = (-0.5, 0.0, 0.5, 1.0), (-1.0, 0.0, 1.0, math.nan)
    readings = [
        reading("joy", "joy", v, label) for v, label in zip(values, labels, strict=True)
    ]  # fmt: skip
    axes = evaluate(readings)["axes"]
    assert axes["valence"]["spread"] == pytest.approx(np.std(values))
    assert axes["valence"]["labelled"] == 3 and axes["valence"]["n"] == 4
    assert axes["valence"]["pearson"]["value"] == pytest.approx(1)
    assert axes["valence"]["error"] == pytest.approx(1 / 3)
    assert axes["arousal"] == {"spread": 0.0, "n": 4, "labelled": 0}


def test_an_expert_is_measured_alone_and_by_its_absence():
    uniform = dict.fromkeys(EKMAN, 1 / 6)
    readings = [reading("joy", "joy", faces=certain("joy", 0.8)), reading("fear", "fear")]
    found = evaluate([*readings, reading("fear", "fear", look=uniform)])["experts"]
    assert found["faces"]["alone"] == pytest.approx(-math.log(0.8)) and found["faces"]["n"] == 1
    assert found["faces"]["without"] == pytest.approx(-math.log(0.5))
    assert found["look"]["alone"] == pytest.approx(UNIFORM_LOSS)


def test_films_without_an_emotion_have_no_categories():
    report = evaluate([reading(None, "joy", labelled=0.5), reading(None, "joy", labelled=-0.5)])
    assert report["categories"] is None and report["experts"] == {}
    assert "of 2 labels" in "\n".join(table(report))


def test_the_lines_name_every_figure_with_its_n():
    lines = "\n".join(table(evaluate([reading("joy", "joy", look=certain("joy"))] * 3)))
    for words in (
        "log loss    0.693 (0.693 to 0.693, n 3)",
        "a guess has 1.792",
        "look      alone",
    ):
        assert words in lines


def test_a_film_is_read_with_all_experts_with_each_and_without_each(demo):
    measured = measure(demo, end=6.0, experts=("look",))
    joyful = next(n for n, p in enumerate(prompts()) if p.text == "children playing")
    cosines = np.zeros((3, len(prompts())), np.float32)
    cosines[:, joyful] = 0.3
    scene = SceneTrack(np.array([0.0, 2.0, 4.0]), np.zeros((3, 512), np.float16), cosines)
    measured = replace(measured, tracks={**measured.tracks, "scene": scene})
    found = read_film(LabelledFilm(demo, "joy"), measured)
    assert set(found.alone) == set(found.without) == {"look", "scene"}
    assert found.alone["scene"]["joy"] > 0.2 > found.without["scene"]["joy"]
    assert found.probabilities["joy"] > found.without["scene"]["joy"]
    for probabilities in (found.probabilities, *found.alone.values(), *found.without.values()):
        assert sum(probabilities.values()) == pytest.approx(1)
