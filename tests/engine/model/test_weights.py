from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("safetensors")

from safetensors.numpy import save_file

from engine.errors import EmsyncError
from engine.model.header import read_header
from engine.model.weights import read_weights, write_weights

STATE = {"a": np.arange(6, dtype=np.float32).reshape(2, 3).T / 3, "b.c": np.ones(4, np.float32)}


def test_weights_are_read_as_they_were_written(tiny, tmp_path):
    path = tmp_path / "model.safetensors"
    write_weights(path, tiny("relative"), STATE, {"tokens_seen": "12"})
    config, state = read_weights(path)
    assert config == tiny("relative")
    assert {name: value.tolist() for name, value in state.items()} == {
        name: value.astype(np.float16).tolist() for name, value in STATE.items()
    }
    assert read_header(path).metadata["tokens_seen"] == "12"
    assert [file.name for file in tmp_path.iterdir()] == ["model.safetensors"]


def test_writing_replaces_an_earlier_file(tiny, tmp_path):
    path = tmp_path / "model.safetensors"
    for config in (tiny("relative"), tiny("rotary")):
        write_weights(path, config, STATE, {})
    assert read_weights(path)[0] == tiny("rotary")


def none(path):
    pass


def text(path):
    path.write_text("no weights at all")


def half(path):
    save_file(STATE, path, {"config": "{}"})
    path.write_bytes(path.read_bytes()[:-20])


def foreign(path):
    save_file(STATE, path)


def of_another_version(path):
    save_file(STATE, path, {"config": '{"layers": 2, "controls": [], "wings": 2}'})


@pytest.mark.parametrize("write", [none, text, half, foreign, of_another_version])
def test_unreadable_weights_are_an_error_of_one_line(tmp_path, write):
    path = tmp_path / "model.safetensors"
    write(path)
    with pytest.raises(EmsyncError, match=r"^[^\n]*model\.safetensors: [^\n]*$"):
        read_weights(path)
