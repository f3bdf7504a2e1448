"""Muon: momentum whose every update is made orthogonal (Jordan et al., 2024).

PyTorch's own runs its iteration in bfloat16 always, which processors without such arithmetic do a
hundred times slower; this one is told (:mod:`engine.training.arithmetic`).
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

_COEFFICIENTS = (3.4445, -4.7750, 2.0315)
"""Of the quintic Newton-Schulz iteration; chosen by Jordan et al. for a steep slope at zero."""


def orthogonalise(matrix: Tensor, dtype: torch.dtype, iterations: int = 5) -> Tensor:
    """The nearest semi-orthogonal matrix, roughly: singular values come to lie near 1.

    dtype: of the arithmetic; the result has the type of ``matrix``.
    """
    a, b, c = _COEFFICIENTS
    x = matrix.to(dtype)
    tall = x.shape[0] > x.shape[1]
    x = x.T if tall else x
    x = x / (x.norm() + 1e-7)
    for _ in range(iterations):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return (x.T if tall else x).to(matrix.dtype)


class Muon(torch.optim.Optimizer):
    """For the matrices inside the blocks; embeddings, vectors and norms want AdamW.

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
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if not state:
                    state["momentum"] = torch.zeros_like(p)
                momentum = state["momentum"].lerp_(p.grad, 1 - group["momentum"])
                update = orthogonalise(p.grad.lerp(momentum, group["momentum"]), group["dtype"])
                scale = max(1.0, p.shape[0] / p.shape[1]) ** 0.5
                p.mul_(1 - group["lr"] * group["weight_decay"])
                p.add_(update, alpha=-group["lr"] * scale)
