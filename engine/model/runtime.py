"""The network on ONNX Runtime, with its key-value cache: all that composing needs.

The cache is one buffer a layer, bound as both input and output, so that a step writes one row
and copies nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from engine.errors import EmsyncError
from engine.model.config import ModelConfig
from engine.model.header import read_header
from engine.music import vocabulary as voc

Logits = npt.NDArray[np.float32]

SHIPPED = Path(__file__).parents[1] / "weights" / "model.onnx"
"""The network that comes with the product."""

PROVIDERS = {"cuda": "CUDAExecutionProvider", "cpu": "CPUExecutionProvider"}
"""Devices by name, the best first."""


@dataclass(frozen=True, slots=True)
class Card:
    """Which weights these are."""

    name: str
    sha256: str
    parameters: int


class Network:
    """A loaded network.

    graph: the ONNX file that ``engine.model.export`` wrote, with its weights beside it.
    device: "auto" (CUDA where this onnxruntime has it, else CPU), "cpu" or "cuda".
    threads: for the arithmetic; 0 lets the runtime choose.
    """

    def __init__(self, graph: Path, device: str = "auto", threads: int = 0) -> None:
        if not graph.is_file():
            raise EmsyncError(f"{graph}: no such network; give the .onnx file of a trained model")
        self.device = choose_device(device)
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 4
        try:
            self.session = ort.InferenceSession(
                str(graph), options, providers=[PROVIDERS[self.device]]
            )
        except Exception as error:  # the runtime raises many kinds on broken files
            raise EmsyncError(
                f"{graph}: broken, or without its {graph.stem}.safetensors; export it anew"
            ) from error
        metadata = self.session.get_modelmeta().custom_metadata_map
        if "config" not in metadata:
            raise EmsyncError(f"{graph}: not a network of EMSYNC; give one that it exported")
        self.config = ModelConfig.from_json(metadata["config"], str(graph))
        self.card = _card(graph.with_suffix(".safetensors"))


def _card(weights: Path) -> Card:
    header = read_header(weights)
    with weights.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Card(header.metadata.get("name", weights.stem), digest, header.parameters)


def choose_device(wanted: str) -> str:
    """The device to run on; an unavailable one is a clear error."""
    available = ort.get_available_providers()
    if wanted == "auto":
        return next(name for name, provider in PROVIDERS.items() if provider in available)
    if wanted not in PROVIDERS:
        raise EmsyncError(f"device {wanted!r}: choose auto, {' or '.join(PROVIDERS)}")
    if PROVIDERS[wanted] not in available:
        raise EmsyncError(
            f"device {wanted!r}: this onnxruntime has no {PROVIDERS[wanted]}; "
            "install the gpu extra or use --device cpu"
        )
    return wanted


class Decoder:
    """A batch of sequences being composed: tokens in, logits of the next tokens out."""

    def __init__(self, network: Network, batch: int = 1) -> None:
        config = self.config = network.config
        self._session = network.session
        self.batch = batch
        self.places = 0
        """Places of the cache in use, condition slots included."""
        shape = (batch, config.heads, config.context, config.head_width)
        self._caches = {
            f"{part}.{layer}": ort.OrtValue.ortvalue_from_numpy(
                np.zeros(shape, np.float32), network.device
            )
            for layer in range(config.layers)
            for part in ("key", "value")
        }
        slots = len(config.controls)
        self._no_conditions = np.zeros((batch, 0, slots), np.float32)
        self._binding = self._session.io_binding()
        for name, cache in self._caches.items():
            self._binding.bind_ortvalue_input(f"past_{name}", cache)
            self._binding.bind_ortvalue_output(f"present_{name}", cache)

    @property
    def room(self) -> int:
        """How many more tokens fit."""
        return self.config.context - self.places

    def prefill(
        self,
        tokens: npt.NDArray[np.int64],
        offsets: npt.NDArray[np.float32],
        conditions: npt.NDArray[np.float32],
    ) -> Logits:
        """Forget all and read tokens [B, S] with offsets [B, S] seconds under conditions [B, C].

        Returns the logits [B, S, V] of what follows each token.
        """
        self.places = 0
        slots = np.repeat(offsets[:, :1], len(self.config.controls), axis=1)
        return self._run(tokens, np.concatenate([slots, offsets], axis=1), conditions[:, None])

    def step(self, tokens: Sequence[int], offsets: Sequence[float]) -> Logits:
        """Read one token each (B of them) and return the logits [B, V] of the next."""
        return self._run(
            np.array(tokens, np.int64)[:, None],
            np.array(offsets, np.float32)[:, None],
            self._no_conditions,
        )[:, 0]

    def _run(
        self,
        tokens: npt.NDArray[np.int64],
        offsets: npt.NDArray[np.float32],
        conditions: npt.NDArray[np.float32],
    ) -> Logits:
        if offsets.shape[1] > self.room:
            raise ValueError(f"{offsets.shape[1]} places asked for, {self.room} left in the cache")
        self.places += offsets.shape[1]
        bind = self._binding
        bind.bind_cpu_input("tokens", np.ascontiguousarray(tokens))
        bind.bind_cpu_input("offsets", np.ascontiguousarray(offsets, np.float32))
        bind.bind_cpu_input("conditions", np.ascontiguousarray(conditions, np.float32))
        bind.bind_cpu_input("last", np.full(self.batch, self.places - 1, np.int32))
        bind.bind_cpu_input("total", np.array(self.places, np.int32))
        logits = np.empty((*tokens.shape, voc.SIZE), np.float32)
        bind.bind_output("logits", "cpu", 0, np.float32, logits.shape, logits.ctypes.data)
        self._session.run_with_iobinding(bind)
        return logits
