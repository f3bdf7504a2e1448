"""Networks to time. Their weights are random, which does not change their speed."""

from __future__ import annotations

from pathlib import Path

import torch

from engine.model.config import PRESETS, ModelConfig
from engine.model.export import export_onnx
from engine.model.transformer import Transformer
from engine.model.weights import write_weights

FULL_SIZE = ("full", "paper")
"""The presets of 37 million parameters."""


def random_network(preset: str, folder: Path) -> tuple[Transformer, Path]:
    """A preset's network in PyTorch, and the path of its weights; the graphs lie beside them."""
    config: ModelConfig = PRESETS[preset]
    torch.manual_seed(0)
    model = Transformer(config).eval().requires_grad_(False)
    for parameter in model.parameters():
        if parameter.ndim == 2 and not parameter.any():
            parameter.normal_(std=0.02)
    weights = folder / f"{preset}.safetensors"
    state = {name: value.numpy() for name, value in model.state_dict().items()}
    write_weights(weights, config, state, {"name": f"random {preset}"})
    export_onnx(weights, ("fp32", "int8"))
    return model, weights
