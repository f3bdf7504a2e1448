from __future__ import annotations

import json

import pytest

from engine.errors import EmsyncError
from engine.model.config import PRESETS, ModelConfig
from engine.music.conditions import ALL


@pytest.mark.parametrize("preset", PRESETS)
def test_a_config_survives_json(preset):
    assert ModelConfig.from_json(PRESETS[preset].to_json()) == PRESETS[preset]


def test_the_paper_preset_has_the_paper_s_sizes():
    paper = PRESETS["paper"]
    assert (paper.layers, paper.heads, paper.width, paper.hidden) == (11, 8, 512, 2048)
    assert (paper.context, paper.head_width, paper.window) == (1216, 64, 1214)


@pytest.mark.parametrize("preset", ["full", "small"])
def test_the_other_presets_take_every_condition(preset):
    assert PRESETS[preset].controls == ALL
    assert PRESETS[preset].window == PRESETS[preset].context - len(ALL)


@pytest.mark.parametrize(
    "changes", [{"width": 36}, {"positions": "absolute"}, {"features": ("wings",)}]
)
def test_sizes_and_names_that_do_not_fit_are_refused(changes):
    with pytest.raises(ValueError, match=next(iter(changes))):
        ModelConfig(**changes)


@pytest.mark.parametrize("text", ["{", "[]", "{}", json.dumps({"wings": 2})])
def test_a_config_of_another_version_is_an_error_that_names_its_source(text):
    with pytest.raises(EmsyncError, match=r"^model\.onnx: a network of another version"):
        ModelConfig.from_json(text, "model.onnx")
