"""The header of a safetensors file, read without the safetensors library.

Composing needs nothing else of the file. A safetensors file is the length of a JSON header (8
bytes, little-endian), the header, and the tensors' bytes.
"""

from __future__ import annotations

import json
import math
import struct
from dataclasses import dataclass
from pathlib import Path

from engine.errors import EmsyncError
from engine.model.former_names import current_tensor

REMEDY = "give the .safetensors file of an exported model"
"""What errors about a network's files advise."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """A tensor's shape, its first byte in the file, and its length in bytes."""

    shape: tuple[int, ...]
    begin: int
    length: int


@dataclass(frozen=True, slots=True)
class Header:
    """The metadata (config, name, figures), and the tensors by their present names."""

    metadata: dict[str, str]
    tensors: dict[str, Tensor]

    @property
    def parameters(self) -> int:
        """The number of parameters: of all numbers in the tensors."""
        return sum(math.prod(tensor.shape) for tensor in self.tensors.values())


def read_header(path: Path) -> Header:
    """Read the header of a weights file; raises EmsyncError if it is missing or has none."""
    if not path.is_file():
        raise EmsyncError(f"{path}: no such network; {REMEDY}")
    try:
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            if length > path.stat().st_size:
                raise ValueError("no safetensors file")
            content = json.loads(file.read(length))
        metadata = content.pop("__metadata__", {})
        tensors = {}
        for name, entry in content.items():
            begin, end = entry["data_offsets"]
            tensors[current_tensor(name)] = Tensor(
                tuple(entry["shape"]), 8 + length + begin, end - begin
            )
    except (OSError, struct.error, ValueError, KeyError, AttributeError) as error:
        raise EmsyncError(f"{path}: has no weights of a music model; {REMEDY}") from error
    return Header(metadata, tensors)
