"""The precisions in which a network is exported, and the path of each one's graph."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

Precision = Literal["fp32", "int8", "fp16"]

PRECISIONS: tuple[Precision, ...] = ("fp32", "int8", "fp16")
GRAPH_VERSION = "4"
"""Counts changes of what the runtime expects of a graph beyond its inputs and outputs."""


def graph_path(weights: Path, precision: Precision) -> Path:
    """The graph of a weights file: ``model.int8.onnx`` beside ``model.safetensors``."""
    return weights.with_suffix(f".{precision}.onnx")
