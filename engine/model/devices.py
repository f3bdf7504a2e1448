"""The devices that a network may run on, and the choice among those this onnxruntime has."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import onnxruntime as ort

from engine.errors import EmsyncError
from engine.model.precision import Precision


@dataclass(frozen=True, slots=True)
class Device:
    """A device that runs a network.

    provider: its name in ONNX Runtime; nodes that it does not support run on the CPU.
    precision: the fastest precision on it.
    memory: where ONNX Runtime keeps the key-value cache.
    remedy: how to get the provider.
    """

    provider: str
    precision: Precision
    memory: str
    remedy: str


DEVICES = {
    "cuda": Device("CUDAExecutionProvider", "fp16", "cuda", "the gpu extra has it"),
    # A row of the cache is bound by its address, which DirectML's memory does not allow.
    "directml": Device("DmlExecutionProvider", "fp16", "cpu", "the directml extra has it"),
    "coreml": Device("CoreMLExecutionProvider", "fp32", "cpu", "onnxruntime for macOS has it"),
    "cpu": Device("CPUExecutionProvider", "int8", "cpu", ""),
}
"""By name, the fastest first."""

AUTOMATIC = ("cuda", "cpu")
"""What "auto" chooses from. The others must be asked for: they run too few of the nodes to be
reliably faster than a CPU in 8 bits."""


def choose_device(wanted: str) -> str:
    """The device to run on: ``wanted``, or, with a warning, the CPU if its provider is missing.

    wanted: "auto" or a name of ``DEVICES``; raises EmsyncError for any other.
    """
    available = ort.get_available_providers()
    if wanted == "auto":
        return next(name for name in AUTOMATIC if DEVICES[name].provider in available)
    if wanted not in DEVICES:
        raise EmsyncError(f"device {wanted!r}: choose auto, {', '.join(DEVICES)}")
    device = DEVICES[wanted]
    if device.provider in available:
        return wanted
    return cpu_instead(f"this onnxruntime has no {device.provider} ({device.remedy})", wanted)


def cpu_instead(why: str, wanted: str) -> str:
    """Warn that ``wanted`` can't be used, and why; returns "cpu"."""
    warnings.warn(f"device {wanted!r}: {why}; composing on the CPU", stacklevel=3)
    return "cpu"
