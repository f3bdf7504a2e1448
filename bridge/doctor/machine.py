"""The parts that compose: the network, what runs it, and room to write."""

from __future__ import annotations

import shutil
from pathlib import Path

from bridge.doctor.finding import Finding
from bridge.server.client import Client
from engine.errors import EmsyncError

ROOM = 500_000_000
"""Bytes that some soundtracks and their journal may take."""


def runtime() -> Finding:
    """onnxruntime and its providers."""
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
    """The network that comes with the product, loaded."""
    try:
        from engine.model.runtime import SHIPPED, Network

        network = Network(SHIPPED)
    except ImportError:
        return Finding("model", "failing", "can't be loaded without onnxruntime", "see above")
    except EmsyncError as error:
        return Finding("model", "failing", str(error), "install emsync-bridge anew")
    card = network.card
    return Finding(
        "model", "ok", f"{card.name}, {card.parameters:,} parameters, on {network.device}"
    )


def disk(folder: Path) -> Finding:
    """Room where the server keeps its things."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(there).free
    text = f"{free / 1e9:.1f} GB free at {folder}"
    if free < ROOM:
        return Finding("disk", "failing", text, "make room, or set EMSYNC_STATE to another folder")
    return Finding("disk", "ok", text)


def server(folder: Path) -> Finding:
    """Whether ``emsync serve`` runs, and where it plays to."""
    try:
        state = Client(folder).ask("GET", "/state")
    except EmsyncError as error:
        text, _, remedy = str(error).partition("; ")
        return Finding("server", "absent", text, remedy)
    return Finding("server", "ok", f"runs and plays to {state['output']}")
