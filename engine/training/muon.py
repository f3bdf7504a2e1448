"""Muon: momentum whose every update is made orthogonal (Jordan et al., 2024).

PyTorch's own runs its iteration in bfloat16 always, which processors without such arithmetic do a
hundred times slower; this one is told (:mod:`engine.training.autocast`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import torch
from torch import Tensor

_COEFFICIENTS = (3.4445, -4.7750, 2.0315)
"""Of the quintic Newton-Schulz iteration; chosen by Jordan et al. for a steep slope at zero."""


def orthogonalise(matrices: Tensor, dtype: torch.dtype, iterations: int = 5) -> Tensor:
    """The nearest semi-orthogonal matrices, roughly: singular values come to lie near 1.

    matrices: [..., rows, columns]. dtype: of the arithmetic; the result has theirs.
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
            # Those of one shape together: a GPU waits for orders more than it computes.
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
        """A matrix's Nesterov momentum, of which ``share`` is kept from step to step."""
        state = self.state[p]
        if not state:
            state["momentum"] = torch.zeros_like(p)
        assert p.grad is not None
        momentum: Tensor = state["momentum"].lerp_(p.grad, 1 - share)
        return p.grad.lerp(momentum, share)
