"""Whether to train in bfloat16: half the bytes, and on CPUs that support it twice the speed."""

from __future__ import annotations

import time
from functools import cache

import torch

_SIZE = 512
_TIMES = 3


@cache
def matrix_type(device: str) -> torch.dtype:
    """The faster type for matrix products on a device: bfloat16 or float32.

    CUDA supports bfloat16. Some CPUs do, and others take a hundred times as long, so a product of
    each type is timed. Other devices are untested and get float32.
    """
    if device.startswith("cuda"):
        return torch.bfloat16
    if device != "cpu":
        return torch.float32
    return min((torch.float32, torch.bfloat16), key=_seconds)


def _seconds(dtype: torch.dtype) -> float:
    """The least time of a product, in seconds."""
    matrix = torch.ones(_SIZE, _SIZE, dtype=dtype)
    least = float("inf")
    for _ in range(_TIMES):
        begun = time.perf_counter()
        matrix @ matrix
        least = min(least, time.perf_counter() - begun)
    return least
