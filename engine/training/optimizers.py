"""The optimizers, the weights that each updates, and their learning rates."""

from __future__ import annotations

from collections.abc import Iterable

import torch

from engine.model.transformer import Transformer
from engine.training.muon import Muon
from engine.training.plan import TrainingPlan


def make_optimizers(
    model: Transformer, plan: TrainingPlan, dtype: torch.dtype
) -> list[torch.optim.Optimizer]:
    """The plan's optimizers, Muon first. dtype: of Muon's arithmetic."""
    if plan.optimizer == "adam":
        return [torch.optim.Adam(model.parameters(), plan.rate)]
    matrices = [
        p
        for name, p in model.blocks.named_parameters()
        if p.ndim == 2 and not name.endswith("distances")
    ]
    chosen = {id(p) for p in matrices}
    rest = [p for p in model.parameters() if id(p) not in chosen]
    return [
        Muon(matrices, plan.muon_rate, dtype=dtype),
        torch.optim.AdamW(rest, plan.rate, betas=(0.9, 0.95), weight_decay=0.0),
    ]


def set_rates(
    optimizers: Iterable[torch.optim.Optimizer], plan: TrainingPlan, step: int, passed: float
) -> None:
    """Set each optimizer's learning rate for a step (:meth:`TrainingPlan.share_of_rate`)."""
    for optimizer in optimizers:
        peak = plan.muon_rate if isinstance(optimizer, Muon) else plan.rate
        for group in optimizer.param_groups:
            group["lr"] = peak * plan.share_of_rate(step, passed)
