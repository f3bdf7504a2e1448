"""Opens the small networks of the experts, which lie in ``engine/weights``."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from engine.errors import EmsyncError

WEIGHTS = Path(__file__).parents[1] / "weights"


def missing_runtime() -> str:
    """What to install so that networks can run, as a sentence; empty if they can."""
    if find_spec("onnxruntime"):
        return ""
    return "ONNX Runtime is missing; install emsync-bridge[cpu], [gpu] or [directml]"


def session_options() -> Any:
    """Options of a session on one thread, because the other experts and the film share the cores.

    Raises ImportError without ONNX Runtime.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    return options


def open_network(path: Path) -> Any:
    """An ``onnxruntime.InferenceSession`` on the CPU.

    Raises EmsyncError if the file is missing or broken, or without ONNX Runtime.
    """
    if absent := missing_runtime():
        raise EmsyncError(absent)
    import onnxruntime

    try:
        return onnxruntime.InferenceSession(
            str(path), session_options(), providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # the runtime raises many kinds on broken files
        raise EmsyncError(
            f"{path}: is no network that can be read; install emsync-bridge again"
        ) from error
