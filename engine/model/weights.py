"""Weights on disk: one safetensors file in fp16, with the network's config in its metadata."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from engine.errors import EmsyncError
from engine.files import replacing
from engine.model.config import ModelConfig
from engine.model.former_names import current_tensor

State = dict[str, npt.NDArray[np.float16]]


def write_weights(
    path: Path,
    config: ModelConfig,
    state: Mapping[str, npt.NDArray[np.float32]],
    figures: Mapping[str, str],
) -> None:
    """Write the weights, rounded to fp16, with the config and figures such as the NLL."""
    halves = {name: np.ascontiguousarray(value, np.float16) for name, value in state.items()}
    with replacing(path) as beside:
        save_file(halves, beside, {"config": config.to_json(), **figures})


def read_weights(path: Path) -> tuple[ModelConfig, State]:
    """The config, and the tensors in fp16 by their present names.

    Raises EmsyncError if the file can't be read, or has no config.
    """
    try:
        with safe_open(path, "numpy") as file:
            metadata = file.metadata() or {}
            names = list(file.keys())
            state = {current_tensor(name): file.get_tensor(name) for name in names}
    except (OSError, SafetensorError) as error:
        raise EmsyncError(
            f"{path}: has no weights of a music model; give a .safetensors file of emsync"
        ) from error
    if "config" not in metadata:
        raise EmsyncError(
            f"{path}: these weights carry no EMSYNC config; train or export them again"
        )
    return ModelConfig.from_json(metadata["config"], str(path)), state
