"""The exported graph gives what PyTorch gives."""

from __future__ import annotations

import numpy as np
import pytest

from engine.emotion.fusion_network import PAPER, Card, FusionNetwork, prepare
from engine.section import EKMAN

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

from engine.training.emotion.export import export_network  # noqa: E402
from engine.training.emotion.network import FusionModule  # noqa: E402


def exported(model, path, temperature=1.0):
    ranges = {m.name: (-1.0, 2.0) for m in model.modalities}
    export_network(model, Card(model.modalities, ranges, temperature, "abc", {}), path)
    return FusionNetwork(path)


def torch_logits(model, videos):
    ranges = {m.name: (-1.0, 2.0) for m in model.modalities}
    batch = prepare(videos, model.modalities, ranges)
    with torch.no_grad():
        return model({name: torch.from_numpy(a) for name, a in batch.items()}).numpy()


def test_the_graph_equals_pytorch_at_any_batch_size(small, made_up, tmp_path):
    model = FusionModule(small, 16).eval()
    network = exported(model, tmp_path / "emotion.onnx")
    videos = [video.features for video in made_up(11)]
    assert np.abs(network.logits(videos) - torch_logits(model, videos)).max() < 1e-4
    assert np.abs(network.logits(videos[:1]) - torch_logits(model, videos[:1])).max() < 1e-4


def test_the_paper_s_network_equals_pytorch_too(tmp_path):
    rng = np.random.default_rng(0)
    model = FusionModule(PAPER).eval()
    for parameter in model.parameters():
        parameter.data *= 1.5
    videos = [
        {m.name: rng.normal(size=(16, m.width) if m.sequence else m.width).astype(np.float32)
         for m in PAPER}
        for _ in range(3)
    ]  # fmt: skip
    network = exported(model, tmp_path / "emotion.onnx")
    wanted = torch_logits(model, videos)
    assert np.ptp(wanted) > 0.5
    assert np.abs(network.logits(videos) - wanted).max() < 1e-4


def test_the_card_comes_back_whole_and_its_temperature_counts(small, made_up, tmp_path):
    model = FusionModule(small, 16).eval()
    sharp = exported(model, tmp_path / "sharp.onnx", 0.5)
    soft = exported(model, tmp_path / "soft.onnx", 4.0)
    assert sharp.card.modalities == small and sharp.card.code_hash == "abc"
    assert sharp.card.ranges == {m.name: (-1.0, 2.0) for m in small}
    features = made_up(1)[0].features
    probabilities = [network.probabilities(features) for network in (sharp, soft)]
    assert max(probabilities[0].values()) > max(probabilities[1].values())
    for found in probabilities:
        assert tuple(found) == EKMAN and sum(found.values()) == pytest.approx(1)
