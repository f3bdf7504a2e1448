"""Checks of what composing needs: the network, its runtime, the disk and the server."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bridge.doctor.finding import Finding
from engine.errors import EmsyncError

ROOM = 500_000_000
"""Bytes to keep free for some soundtracks and their journal."""


def runtime() -> Finding:
    """Whether onnxruntime is installed, and its providers."""
    try:
        import onnxruntime
    except ImportError:
        return Finding(
            "onnxruntime", "failing", "not installed",
            "pip install 'emsync-bridge[cpu]' or, with an NVIDIA GPU, 'emsync-bridge[gpu]'",
        )  # fmt: skip
    providers = ", ".join(
        name.removesuffix("ExecutionProvider") for name in onnxruntime.get_available_providers()
    )
    return Finding("onnxruntime", "ok", f"{onnxruntime.__version__}, providers {providers}")


def model() -> Finding:
    """Whether the network that comes with emsync can be loaded."""
    try:
        from engine.model.runtime import SHIPPED, Network

        network = Network(SHIPPED)
    except ImportError:
        return Finding("model", "failing", "can't be loaded without onnxruntime", "see above")
    except EmsyncError as error:
        return Finding("model", "failing", str(error), "install emsync-bridge again")
    card = network.card
    return Finding(
        "model", "ok", f"{card.name}, {card.parameters:,} parameters, on {network.device}"
    )


def disk(folder: Path) -> Finding:
    """Whether the server's folder has enough free space."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(existing).free
    text = f"{free / 1e9:.1f} GB free at {folder}"
    if free < ROOM:
        return Finding(
            "disk", "failing", text, "free some space, or set EMSYNC_STATE to another folder"
        )
    return Finding("disk", "ok", text)


def server(read_state: Callable[[], Mapping[str, Any]]) -> Finding:
    """Whether ``emsync serve`` runs, and where it plays to.

    read_state: returns the server's state; raises EmsyncError where none runs.
    """
    try:
        state = read_state()
    except EmsyncError as error:
        text, _, remedy = str(error).partition("; ")
        return Finding("server", "absent", text, remedy)
    return Finding("server", "ok", f"runs and plays to {state['output']}")
