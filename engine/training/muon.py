"""Muon: momentum with orthogonalised updates (Jordan et al., 2024).

PyTorch's own Muon always iterates in bfloat16, which is a hundred times slower on CPUs without
that type. This one takes the type as an option (:mod:`engine.training.autocast`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import torch
from torch import Tensor

_COEFFICIENTS = (3.4445, -4.7750, 2.0315)
"""Coefficients of the quintic Newton-Schulz iteration. Jordan et al. chose them for a steep slope
at zero."""


def orthogonalise(matrices: Tensor, dtype: torch.dtype, iterations: int = 5) -> Tensor:
    """Approximately the nearest semi-orthogonal matrices: their singular values are near 1.

    matrices: [..., rows, columns]. dtype: of the arithmetic; the result has the matrices' type.
    """
    a, b, c = _COEFFICIENTS
    x = matrices.to(dtype)
    tall = x.shape[-2] > x.shape[-1]
    x = x.mT if tall else x
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(iterations):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return (x.mT if tall else x).to(matrices.dtype)


class Muon(torch.optim.Optimizer):
    """The optimizer for matrices inside the blocks. Embeddings, vectors and norms need AdamW.

    dtype: of the iteration.
    """

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float = 0.02,
        momentum: float = 0.95,
        weight_decay: float = 0.01,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        defaults = {"lr": lr, "momentum": momentum, "weight_decay": weight_decay, "dtype": dtype}
        super().__init__(params, defaults)

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Move every matrix by its orthogonalised Nesterov momentum."""
        for group in self.param_groups:
            # Matrices of one shape go together, because launching kernels costs a GPU more than the
            # computation.
            alike: dict[torch.Size, list[Tensor]] = defaultdict(list)
            for p in group["params"]:
                if p.grad is not None:
                    alike[p.shape].append(p)
            for (rows, columns), matrices in alike.items():
                ahead = torch.stack([self._ahead(p, group["momentum"]) for p in matrices])
                updates = orthogonalise(ahead, group["dtype"])
                scale = max(1.0, rows / columns) ** 0.5
                for p, update in zip(matrices, updates, strict=True):
                    p.mul_(1 - group["lr"] * group["weight_decay"])
                    p.add_(update, alpha=-group["lr"] * scale)

    def _ahead(self, p: Tensor, share: float) -> Tensor:
        """The Nesterov momentum of a matrix. share: the part of it kept from step to step."""
        state = self.state[p]
        if not state:
            state["momentum"] = torch.zeros_like(p)
        assert p.grad is not None
        momentum: Tensor = state["momentum"].lerp_(p.grad, 1 - share)
        return p.grad.lerp(momentum, share)
