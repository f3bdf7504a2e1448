from __future__ import annotations

import pytest

from engine.model.config import PRESETS, ModelConfig
from engine.music.conditions import ALL


@pytest.mark.parametrize("preset", PRESETS)
def test_json_round_trip(preset):
    assert ModelConfig.from_json(PRESETS[preset].to_json()) == PRESETS[preset]


def test_the_paper_s_sizes():
    paper = PRESETS["paper"]
    assert (paper.layers, paper.heads, paper.width, paper.hidden) == (11, 8, 512, 2048)
    assert (paper.context, paper.head_width, paper.window) == (1216, 64, 1214)


@pytest.mark.parametrize("preset", ["full", "small"])
def test_the_others_take_every_condition(preset):
    assert PRESETS[preset].controls == ALL
    assert PRESETS[preset].window == PRESETS[preset].context - len(ALL)
