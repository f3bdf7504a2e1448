"""Weights files written before version 0.2 are read under the present names."""

from __future__ import annotations

import json

import numpy as np
import pytest

pytest.importorskip("safetensors")

from safetensors.numpy import save_file

from engine.model.config import ModelConfig
from engine.model.former_names import current_config, current_tensor
from engine.model.header import read_header
from engine.model.runtime import SHIPPED
from engine.model.weights import read_weights
from engine.music import features

FORMER = ("clock", "echo", "sounding")
TENSORS = {"senses.0.since.weight": "features.0.since.weight", "blocks.0.up.weight": None}
"""Former name to present name; None where it is the same."""


@pytest.fixture
def former(tmp_path):
    """A weights file with the former names in its config and tensors."""
    config = json.loads(ModelConfig(positions="rotary").to_json())
    del config["features"]
    path = tmp_path / "model.safetensors"
    tensors = {name: np.full((2, 3), i, np.float16) for i, name in enumerate(TENSORS)}
    save_file(tensors, path, {"config": json.dumps({**config, "senses": FORMER})})
    return path


def test_a_former_file_is_read_under_present_names(former):
    config, state = read_weights(former)
    assert config.features == features.ALL
    present = {new or old for old, new in TENSORS.items()}
    assert set(state) == set(read_header(former).tensors) == present
    assert state["features.0.since.weight"].tolist() == [[0, 0, 0], [0, 0, 0]]


def test_a_present_config_stays_as_it_is():
    values = {"layers": 2, "features": ["lookback"]}
    assert current_config(values) == values


def test_only_the_first_part_of_a_tensor_name_changes():
    assert current_tensor("senses.2.mix.weight") == "features.2.mix.weight"
    assert current_tensor("blocks.senses.weight") == "blocks.senses.weight"


def test_the_shipped_weights_have_the_tensors_of_the_network():
    torch = pytest.importorskip("torch")
    from engine.model.transformer import Transformer

    config, state = read_weights(SHIPPED)
    assert config.features == features.ALL
    with torch.device("meta"):
        expected = Transformer(config).state_dict()
    shapes = {name: tuple(tensor.shape) for name, tensor in expected.items()}
    assert {name: value.shape for name, value in state.items()} == shapes
