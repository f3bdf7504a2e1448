"""The devices that a network may run on, and what this onnxruntime offers of them."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import onnxruntime as ort

from engine.errors import EmsyncError
from engine.model.precision import Precision


@dataclass(frozen=True, slots=True)
class Device:
    """A way to run a network.

    provider: ONNX Runtime's name of it; nodes that it can't take run on the CPU.
    precision: the arithmetic that suits it.
    memory: where ONNX Runtime is to keep the key-value cache.
    remedy: where the provider comes from.
    """

    provider: str
    precision: Precision
    memory: str
    remedy: str


DEVICES = {
    "cuda": Device("CUDAExecutionProvider", "fp16", "cuda", "the gpu extra has it"),
    # DirectML's memory can't be pointed into, which a row of a cache asks for.
    "directml": Device("DmlExecutionProvider", "fp16", "cpu", "the directml extra has it"),
    "coreml": Device("CoreMLExecutionProvider", "fp32", "cpu", "onnxruntime for macOS has it"),
    "cpu": Device("CPUExecutionProvider", "int8", "cpu", ""),
}
"""By name, the fastest first."""

AUTOMATIC = ("cuda", "cpu")
"""What "auto" chooses from. The others must be asked for: they share too little of the work to
outrun a CPU in 8 bits for sure."""


def choose_device(wanted: str) -> str:
    """The device to run on: the one wanted, or, with a warning, the CPU where it is missing.

    wanted: "auto", or a name of ``DEVICES``; another is an EmsyncError.
    """
    available = ort.get_available_providers()
    if wanted == "auto":
        return next(name for name in AUTOMATIC if DEVICES[name].provider in available)
    if wanted not in DEVICES:
        raise EmsyncError(f"device {wanted!r}: choose auto, {', '.join(DEVICES)}")
    device = DEVICES[wanted]
    if device.provider in available:
        return wanted
    return instead(f"this onnxruntime has no {device.provider} ({device.remedy})", wanted)


def instead(why: str, wanted: str) -> str:
    """The CPU, with a warning that says why not the device wanted."""
    warnings.warn(f"device {wanted!r}: {why}; composing on the CPU", stacklevel=3)
    return "cpu"
