"""What the fusion network at work accepts, refuses and makes of features."""

from __future__ import annotations

import json

import numpy as np
import pytest

from engine.emotion.fusion_network import (
    PAPER,
    STEPS,
    Card,
    FusionNetwork,
    Modality,
    card_path,
    equidistant,
    prepare,
    read_card,
)
from engine.errors import EmsyncError

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

ONE = (Modality("faces", 6, True),)


@pytest.fixture
def network(tmp_path):
    """A network of one modality, whose logits are the mean of its features over time."""
    value, node = onnx.helper.make_tensor_value_info, onnx.helper.make_node
    graph = onnx.helper.make_graph(
        [node("ReduceMean", ["faces"], ["logits"], axes=[1], keepdims=0)],
        "mean",
        [value("faces", onnx.TensorProto.FLOAT, ["n", STEPS, 6])],
        [value("logits", onnx.TensorProto.FLOAT, ["n", 6])],
    )
    opsets = [onnx.helper.make_opsetid("", 17)]
    path = tmp_path / "emotion.onnx"
    onnx.save(onnx.helper.make_model(graph, opset_imports=opsets, ir_version=8), path)
    card = Card(ONE, {"faces": (0.0, 10.0)}, 1.0, "abc", {"n": 3})
    card_path(path).write_text(card.to_json())
    return path


def test_probabilities_follow_the_features_moved_by_their_range(network):
    features = np.zeros((3, 6), np.float32)
    features[:, 3] = 10.0
    found = FusionNetwork(network).probabilities({"faces": features})
    expected = np.exp(1) / (np.exp(1) + 5)
    assert found["joy"] == pytest.approx(expected)
    assert found["fear"] == pytest.approx((1 - expected) / 5)


def test_without_features_all_emotions_are_equal(network):
    assert set(FusionNetwork(network).probabilities({}).values()) == {1 / 6}


@pytest.mark.parametrize(
    ("features", "message"),
    [
        ({"faces": np.zeros((3, 5), np.float32)}, "give .n, 6."),
        ({"faces": np.zeros(6, np.float32)}, "give .n, 6."),
        ({"faces": np.zeros((0, 6), np.float32)}, "give .n, 6."),
        ({"faces": np.full((3, 6), np.nan, np.float32)}, "not all finite"),
        ({"smell": np.zeros((3, 6), np.float32)}, "the network takes faces"),
    ],
)
def test_features_that_do_not_fit_are_refused(network, features, message):
    with pytest.raises(EmsyncError, match=message):
        FusionNetwork(network).probabilities(features)


def test_files_that_are_no_network_or_no_card_are_refused(network):
    card = card_path(network).read_text()
    for text in ("", "[]", "{}", card.replace('"joy"', '"hope"'), card.replace("1.0", "-1.0")):
        card_path(network).write_text(text)
        with pytest.raises(EmsyncError, match=r"card|temperature"):
            FusionNetwork(network)
    other = json.loads(card)
    other["modalities"][0]["name"] = "clip"
    card_path(network).write_text(json.dumps(other))
    with pytest.raises(EmsyncError, match="does not fit its card"):
        FusionNetwork(network)
    card_path(network).unlink()
    with pytest.raises(EmsyncError, match=f"{network.name}: has no card"):
        FusionNetwork(network)
    card_path(network).write_text(card)
    network.write_bytes(b"nonsense")
    with pytest.raises(EmsyncError, match="is no ONNX network"):
        FusionNetwork(network)
    network.unlink()
    with pytest.raises(EmsyncError, match="no such emotion network"):
        FusionNetwork(network)


def test_a_card_comes_back_whole(tmp_path):
    card = Card(PAPER, {"clip": (-1.0, 2.5)}, 1.25, "abc", {"log_loss": 1.5})
    (tmp_path / "card.json").write_text(card.to_json())
    assert read_card(tmp_path / "card.json") == card


@pytest.mark.parametrize("length", [1, 5, 16, 100])
def test_sequences_of_any_length_become_equidistant_steps(length):
    sequence = np.arange(length, dtype=np.float32)[:, None]
    steps = equidistant(sequence)[:, 0]
    assert len(steps) == STEPS and steps[0] == 0 and steps[-1] == length - 1
    assert (np.diff(steps) >= 0).all() and np.ptp(np.diff(steps)) <= 1


def test_a_missing_modality_is_zero_and_others_lie_between_0_and_1():
    videos = [{"faces": np.full((4, 6), 7.0, np.float32)}, {}]
    batch = prepare(videos, ONE, {"faces": (0.0, 5.0)})["faces"]
    assert (batch[0] == 1).all() and (batch[1] == 0).all()
    assert (prepare(videos, ONE, {})["faces"] == 0).all()
