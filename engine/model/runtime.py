"""The network on ONNX Runtime, with its key-value cache: all that composing needs.

The cache is one buffer for each layer's keys and one for its values, bound as both input and
output, so that a step writes one row and copies nothing.
"""

from __future__ import annotations

import hashlib
import math
import os
import warnings
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from engine.arrays import Logits
from engine.errors import EmsyncError
from engine.model.config import ModelConfig
from engine.model.devices import DEVICES, choose_device, instead
from engine.model.header import read_header
from engine.model.precision import GRAPH_VERSION, Precision, graph_path
from engine.model.rotary import turn_back
from engine.music import vocabulary as voc
from engine.music.features.state import FeatureState, Numbers, inputs

# Tiling pays for long prompts; for a single query it costs attention a sixth more.
os.environ.setdefault("ORT_GQA_DISABLE_FLASH_ATTENTION", "1")


SHIPPED = Path(__file__).parents[1] / "weights" / "model.safetensors"
"""The network that comes with the product."""

CACHES = {"fp32": np.float32, "int8": np.int8, "fp16": np.float16}
"""What the keys and values are kept as."""


@dataclass(frozen=True, slots=True)
class Card:
    """Which network this is; sha256 and graph are digests of its two files."""

    name: str
    sha256: str
    graph: str
    parameters: int


class Network:
    """A loaded network.

    weights: the safetensors file; the graphs that ``engine.model.export`` wrote lie beside it.
    device: "auto" (CUDA where it works, else CPU) or one of :mod:`engine.model.devices`; one that
        is missing is a warning, and the CPU.
    threads: for the arithmetic; 0 lets the runtime choose.
    precision: of the arithmetic; None for what is fastest on the device.
    """

    def __init__(
        self,
        weights: Path,
        device: str = "auto",
        threads: int = 0,
        precision: Precision | None = None,
    ) -> None:
        self.weights = weights
        self.device = choose_device(device)
        self.session, graph = self._open(threads, precision)
        if DEVICES[self.device].provider not in self.session.get_providers():
            # The package has the provider, the machine lacks its card, driver or libraries.
            self.device = instead("its driver or libraries can't be loaded", self.device)
            self.session, graph = self._open(threads, precision)
        self.precision = precision or DEVICES[self.device].precision
        metadata = self.session.get_modelmeta().custom_metadata_map
        if "config" not in metadata:
            raise EmsyncError(f"{graph}: not a network of EMSYNC; give one that it exported")
        if metadata.get("version") != GRAPH_VERSION:
            raise EmsyncError(f"{graph}: of another version of EMSYNC; export it anew")
        self.config = ModelConfig.from_json(metadata["config"], str(graph))
        self.card = _card(weights, graph)

    def _open(self, threads: int, precision: Precision | None) -> tuple[ort.InferenceSession, Path]:
        """A session on the device, and the graph that it runs."""
        device = DEVICES[self.device]
        graph = graph_path(self.weights, precision or device.precision)
        for file in (self.weights, graph):
            if not file.is_file():
                raise EmsyncError(
                    f"{file}: no such network; give the .safetensors file of an exported model"
                )
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 4
        options.enable_mem_pattern = self.device != "directml"  # which can't have it
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of a provider it can't load; we look ourselves
                return ort.InferenceSession(str(graph), options, [device.provider]), graph
        except Exception as error:  # the runtime raises many kinds on broken files
            raise EmsyncError(
                f"{graph}: broken, or not of the weights beside it; export it anew"
            ) from error


def _card(weights: Path, graph: Path) -> Card:
    header = read_header(weights)
    name = header.metadata.get("name", weights.stem)
    return Card(name, _sha256(weights), _sha256(graph), header.parameters)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Decoder:
    """Sequences being composed, a row each: tokens in, logits of the next tokens out.

    The rows are read one at a time and then step together, each from its own place.
    """

    def __init__(self, network: Network, rows: int = 1) -> None:
        config = self.config = network.config
        self._session, self._memory = network.session, DEVICES[network.device].memory
        self.places = np.zeros(rows, np.int32)
        """Places of each row's cache in use, condition slots included."""
        type_ = CACHES[network.precision]
        shape = (rows, config.heads, config.context, config.head_width)
        self._caches = {
            f"{part}.{layer}": ort.OrtValue.ortvalue_from_numpy(
                np.zeros(shape, type_), self._memory
            )
            for layer in range(config.layers)
            for part in ("key", "value")
        }
        self.slides = config.positions == "rotary" and self._memory == "cpu"
        """Whether rows can :meth:`slide`: only the distance between places must count, and the
        caches must be at hand."""
        self._type, self._shape = type_, shape
        self._traces = [FeatureState(config.features) for _ in range(rows)]
        self._no_conditions = np.zeros((rows, 0, len(config.controls)), np.float32)
        self._stepping = self._session.io_binding()
        self._bind_caches(self._stepping, 0, rows)

    def _bind_caches(self, binding: ort.IOBinding, first: int, rows: int) -> None:
        """Bind ``rows`` rows of the caches, from row ``first`` on."""
        shape = (rows, *self._shape[1:])
        skipped = first * math.prod(self._shape[1:]) * np.dtype(self._type).itemsize
        for name, cache in self._caches.items():
            where = (self._memory, 0, self._type, shape, cache.data_ptr() + skipped)
            binding.bind_input(f"past_{name}", *where)
            binding.bind_output(f"present_{name}", *where)

    @property
    def rows(self) -> int:
        """How many sequences there are."""
        return len(self.places)

    def room(self, row: int = 0) -> int:
        """How many more tokens fit in a row."""
        return self.config.context - int(self.places[row])

    def prefill(
        self,
        tokens: npt.NDArray[np.int64],
        offsets: npt.NDArray[np.float32],
        conditions: npt.NDArray[np.float32],
        row: int = 0,
    ) -> Logits:
        """Forget a row and read tokens [S] with offsets [S] seconds under conditions [C].

        Returns the logits [S, V] of what follows each token.
        """
        config = self.config
        slots = np.repeat(offsets[:1], len(config.controls))
        places = np.concatenate([slots, offsets])
        self._check(len(places), config.context)
        trace = self._traces[row] = FeatureState(config.features)
        told = []
        for token in tokens.tolist():
            trace.push(token)
            told.append(trace.value)
        self.places[row] = len(places)
        binding = self._session.io_binding()
        self._bind_caches(binding, row, 1)
        return self._run(
            binding,
            tokens[None],
            places[None],
            conditions[None, None],
            self.places[row : row + 1],
            [told],
        )[0]

    def step(
        self, tokens: Sequence[int], offsets: Sequence[float], idle: Collection[int] = ()
    ) -> Logits:
        """Read one token for each row and return the logits [rows, V] of the next.

        idle: rows that only stand by: what is given for them is not read, nor their logits meant;
        they too need a free place.
        """
        self._check(1, self.config.context - int(self.places.max()))
        self.places += 1
        for row, (trace, token) in enumerate(zip(self._traces, tokens, strict=True)):
            if row not in idle:
                trace.push(token)
        logits = self._run(
            self._stepping,
            np.array(tokens, np.int64)[:, None],
            np.array(offsets, np.float32)[:, None],
            self._no_conditions,
            self.places,
            [[trace.value] for trace in self._traces],
        )[:, 0]
        self.places[list(idle)] -= 1
        return logits

    def slide(
        self,
        dropped: int,
        tokens: npt.NDArray[np.int64],
        offsets: npt.NDArray[np.float32],
        conditions: npt.NDArray[np.float32],
        row: int = 0,
    ) -> None:
        """Read the head of a row anew, forget so many tokens after it, and move the rest up.

        tokens, offsets, conditions: of the head, as for :meth:`prefill`. What was read after it
        need not be read again: a rotary key is turned back by the places it moves.
        """
        head = len(self.config.controls) + len(tokens)
        kept = int(self.places[row]) - head - dropped
        if kept < 0:
            raise ValueError(f"{dropped} tokens to drop, {kept + dropped} read")
        trace = self._traces[row]
        self.prefill(tokens, offsets, conditions, row)
        trace.slide(kept)
        self._traces[row] = trace
        for name, cache in self._caches.items():
            places = cache.numpy()[row]  # the very memory, on a CPU
            moving = places[:, head + dropped : head + dropped + kept]
            if name.startswith("key"):
                turned = turn_back(moving.astype(np.float32), dropped)
                if self._type is np.int8:
                    turned = turned.round().clip(-127, 127)
                moving = turned.astype(self._type)
            places[:, head : head + kept] = moving
        self.places[row] += kept

    def end(self, row: int) -> None:
        """Give up a row: the last row takes its number."""
        last = self.rows - 1
        if row != last:
            for cache in self._caches.values():
                rows = cache.numpy()
                rows[row] = rows[last]
                cache.update_inplace(rows)
            self.places[row] = self.places[last]
            self._traces[row] = self._traces[last]
        self.places = self.places[:last].copy()
        del self._traces[last]
        self._no_conditions = self._no_conditions[:last]
        self._stepping = self._session.io_binding()
        self._bind_caches(self._stepping, 0, last)

    def cached(self, row: int = 0) -> dict[str, npt.NDArray[np.generic]]:
        """A row's keys and values so far: ``key.<layer>``, ``value.<layer>`` [H, places, W]."""
        return {
            name: cache.numpy()[row, :, : self.places[row]] for name, cache in self._caches.items()
        }

    def _check(self, wanted: int, left: int) -> None:
        if wanted > left:
            raise ValueError(f"{wanted} places asked for, {left} left in the cache")

    def _run(
        self,
        bind: ort.IOBinding,
        tokens: npt.NDArray[np.int64],
        offsets: npt.NDArray[np.float32],
        conditions: npt.NDArray[np.float32],
        places: npt.NDArray[np.int32],
        told: Sequence[Sequence[Mapping[str, Numbers]]],
    ) -> Logits:
        bind.bind_cpu_input("tokens", np.ascontiguousarray(tokens))
        bind.bind_cpu_input("offsets", np.ascontiguousarray(offsets, np.float32))
        bind.bind_cpu_input("conditions", np.ascontiguousarray(conditions, np.float32))
        bind.bind_cpu_input("last", places - 1)
        for name, values in inputs(told).items():
            bind.bind_cpu_input(name, values)
        bind.bind_cpu_input("total", np.array(places.max(), np.int32))
        logits = np.empty((*tokens.shape, voc.SIZE), np.float32)
        bind.bind_output("logits", "cpu", 0, np.float32, logits.shape, logits.ctypes.data)
        self._session.run_with_iobinding(bind)
        return logits
