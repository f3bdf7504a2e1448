"""The key-value cache of a decoder.

It has one buffer for each layer's keys and one for its values. Each is bound as both input and
output, so that a step writes one place and copies nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from engine.model.config import ModelConfig
from engine.model.precision import Precision
from engine.model.rotary import rotate_back

TYPES = {"fp32": np.float32, "int8": np.int8, "fp16": np.float16}
"""The type of the keys and values, by the precision of the arithmetic."""

Keys = npt.NDArray[np.generic]
"""Keys or values of one row and layer: [H, places, W]."""


class KeyValueCache:
    """The keys and values of all rows and layers, named ``key.<layer>`` and ``value.<layer>``.

    Each buffer has the shape [rows, H, context, W]. memory: where ONNX Runtime keeps it. Buffers
    that are not in the CPU's memory are copied to be read or changed.
    """

    def __init__(self, config: ModelConfig, precision: Precision, rows: int, memory: str) -> None:
        self._type, self._memory = TYPES[precision], memory
        self._shape = (rows, config.heads, config.context, config.head_width)
        self._buffers = {
            f"{part}.{layer}": ort.OrtValue.ortvalue_from_numpy(
                np.zeros(self._shape, self._type), memory
            )
            for layer in range(config.layers)
            for part in ("key", "value")
        }

    def bind(self, binding: ort.IOBinding, first: int, rows: int) -> None:
        """Bind ``rows`` rows of all buffers, from row ``first`` on."""
        shape = (rows, *self._shape[1:])
        skipped = first * math.prod(self._shape[1:]) * np.dtype(self._type).itemsize
        for name, buffer in self._buffers.items():
            where = (self._memory, 0, self._type, shape, buffer.data_ptr() + skipped)
            binding.bind_input(f"past_{name}", *where)
            binding.bind_output(f"present_{name}", *where)

    def read(self, row: int, places: int) -> dict[str, Keys]:
        """The first places of a row; on a CPU these are views."""
        return {name: buffer.numpy()[row, :, :places] for name, buffer in self._buffers.items()}

    def write(self, row: int, caches: Mapping[str, Keys]) -> None:
        """Set the first places of a row to what :meth:`read` gave."""
        for name, buffer in self._buffers.items():
            rows = buffer.numpy()
            rows[row, :, : caches[name].shape[1]] = caches[name]
            if self._memory != "cpu":
                buffer.update_inplace(rows)

    def copy(self, source: int, target: int) -> None:
        """Make the row ``target`` equal to the row ``source``."""
        for buffer in self._buffers.values():
            rows = buffer.numpy()
            rows[target] = rows[source]
            buffer.update_inplace(rows)

    def slide(self, row: int, head: int, dropped: int, kept: int) -> None:
        """Move ``kept`` places of a row up by ``dropped``, to follow the first ``head`` ones.

        Their rotary keys are rotated back as far. Only in the CPU's memory.
        """
        for name, buffer in self._buffers.items():
            places = buffer.numpy()[row]  # a view, not a copy, on a CPU
            moving = places[:, head + dropped : head + dropped + kept]
            if name.startswith("key"):
                rotated = rotate_back(moving.astype(np.float32), dropped)
                if self._type is np.int8:
                    rotated = rotated.round().clip(-127, 127)
                moving = rotated.astype(self._type)
            places[:, head : head + kept] = moving
