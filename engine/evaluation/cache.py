"""A cache on disk for results that take long to make, under names that say what they depend on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from engine.files import replacing

Arrays = dict[str, np.ndarray]


def load_or_make(folder: Path, depends_on: object, make: Callable[[], Arrays]) -> Arrays:
    """The arrays in ``folder``, or else those that ``make`` returns, which are then saved there.

    depends_on: anything whose ``repr`` changes when the result would.
    folder: made with its parents where needed.
    Raises EmsyncError when the folder can't be written.
    """
    path = cache_path(folder, depends_on, ".npz")
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        arrays = make()
        with replacing(path) as beside:
            np.savez_compressed(beside, **arrays)  # type: ignore[arg-type]
    with np.load(path) as file:
        return {name: file[name] for name in file.files}


def cache_path(folder: Path, depends_on: object, suffix: str) -> Path:
    """Where the result lies that depends on this; ``suffix`` as ``.npz``."""
    return folder / (hashlib.sha256(repr(depends_on).encode()).hexdigest()[:24] + suffix)
