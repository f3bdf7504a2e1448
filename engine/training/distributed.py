"""Several processes that train one network together, started by ``torchrun``."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import Tensor


@dataclass(frozen=True, slots=True)
class World:
    """This process among all: its ``rank`` of ``size``, and the device it computes on."""

    rank: int
    size: int
    device: str

    @property
    def leads(self) -> bool:
        """Whether this process logs and writes files."""
        return self.rank == 0

    def average(self, tensors: Iterable[Tensor]) -> None:
        """Replace each tensor by its mean over all processes."""
        if self.size == 1:
            return
        tensors = list(tensors)
        flat = torch.cat([tensor.flatten() for tensor in tensors])
        dist.all_reduce(flat)
        flat /= self.size
        for tensor, mean in zip(
            tensors, flat.split([tensor.numel() for tensor in tensors]), strict=True
        ):
            tensor.copy_(mean.view_as(tensor))

    def most(self, here: float) -> float:
        """The largest value of any process; the same in all processes."""
        if self.size == 1:
            return here
        largest = torch.tensor(here, dtype=torch.float32, device=self.device)
        dist.all_reduce(largest, dist.ReduceOp.MAX)
        return float(largest.item())

    def any(self, here: bool) -> bool:
        """Whether ``here`` is true in any process; the same in all processes."""
        return bool(self.most(here))


def join_world(device: str) -> World:
    """Join the other processes. The world has one process unless ``torchrun`` started this one."""
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        return World(0, 1, device)
    if device == "cuda":
        device = f"cuda:{os.environ['LOCAL_RANK']}"
        torch.cuda.set_device(device)
    if not dist.is_initialized():
        dist.init_process_group("nccl" if device.startswith("cuda") else "gloo")
    return World(dist.get_rank(), size, device)
