"""Keeping on disk what took long to make, under a name that says all that it hangs on."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np

from engine.files import replacing

Arrays = dict[str, np.ndarray]


def code(*modules: ModuleType) -> str:
    """The source of modules as one number: a figure must not rest on what other code made."""
    digest = hashlib.sha256()
    for module in modules:
        digest.update(inspect.getsource(module).encode())
    return digest.hexdigest()


def keep(folder: Path, hangs_on: object, make: Callable[[], Arrays]) -> Arrays:
    """What ``make`` makes, from ``folder`` where it has been made before.

    hangs_on: anything whose ``repr`` changes when the result would.
    """
    path = place(folder, hangs_on, ".npz")
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        arrays = make()
        with replacing(path) as beside:
            np.savez_compressed(beside, **arrays)  # type: ignore[arg-type]
    with np.load(path) as file:
        return {name: file[name] for name in file.files}


def place(folder: Path, hangs_on: object, suffix: str) -> Path:
    """Where a result that hangs on this is kept."""
    return folder / (hashlib.sha256(repr(hangs_on).encode()).hexdigest()[:24] + suffix)
