"""The fusion network in PyTorch has the paper's size and reads what it should."""

from __future__ import annotations

import numpy as np
import pytest

from engine.emotion.fusion_network import PAPER, prepare

torch = pytest.importorskip("torch")

from engine.training.emotion.network import FusionModule  # noqa: E402


def test_the_network_of_the_paper_has_10_54_million_parameters():
    model = FusionModule(PAPER)
    assert model.parameter_count() == 10_535_942
    described = sum(
        p.numel()
        for name, p in model.named_parameters()
        if name.split(".")[0] not in ("query", "key", "value")
    )
    assert described == 8_172_038
    assert model.output.in_features == 6 * 512 + 2 * 512
    assert all(layer.num_heads == 4 for layer in model.attention.values())


def test_every_modality_changes_the_logits(small, made_up):
    model = FusionModule(small, 16).eval()
    ranges = {m.name: (-1.0, 2.0) for m in small}
    whole = made_up(3)[2].features
    without = [{n: a for n, a in whole.items() if n != m.name} for m in small]
    batch = prepare([whole, *without], small, ranges)
    with torch.no_grad():
        logits = model({name: torch.from_numpy(a) for name, a in batch.items()})
    assert (logits[1:] - logits[0]).abs().max(1).values.min() > 1e-3


def test_dropout_is_on_in_training_alone(small, made_up):
    model = FusionModule(small, 16)
    batch = prepare([made_up(1)[0].features], small, {m.name: (-1.0, 2.0) for m in small})
    tensors = {name: torch.from_numpy(a) for name, a in batch.items()}
    model.train()
    assert not torch.equal(model(tensors), model(tensors))
    model.eval()
    assert torch.equal(model(tensors), model(tensors))
    assert np.isfinite(model(tensors).detach().numpy()).all()
