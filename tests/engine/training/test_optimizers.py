from __future__ import annotations

from dataclasses import replace

import pytest

torch = pytest.importorskip("torch")

from engine.model.transformer import Transformer  # noqa: E402
from engine.training.muon import Muon  # noqa: E402
from engine.training.optimizers import make_optimizers, set_rates  # noqa: E402
from engine.training.plan import TrainingPlan  # noqa: E402

PLAN = TrainingPlan(steps=6, warmup=2)


@pytest.mark.parametrize("positions", ["relative", "rotary"])
def test_muon_updates_the_matrices_of_the_blocks(tiny, positions):
    model = Transformer(tiny(positions))
    names = {id(p): name for name, p in model.named_parameters()}
    muon, rest = (
        {names[id(p)] for group in optimizer.param_groups for p in group["params"]}
        for optimizer in make_optimizers(model, PLAN, torch.float32)
    )
    parts = ("attention.qkv", "attention.out", "up", "down")
    assert muon == {f"blocks.{i}.{part}.weight" for i in range(2) for part in parts}
    assert muon | rest == set(names.values()) and not muon & rest


@pytest.mark.parametrize(
    ("optimizer", "shares"),
    [("muon", [0.5, 0.9, 0.8, 0.5, 0.1]), ("adam", [0.5, 1.0, 1.0, 0.25, 0.25])],
)
def test_the_rate_rises_and_falls(tiny, optimizer, shares):
    plan = replace(PLAN, steps=10, optimizer=optimizer)
    optimizers = make_optimizers(Transformer(tiny()), plan, torch.float32)
    for step, share in zip((0, 1, 2, 5, 9), shares, strict=True):
        set_rates(optimizers, plan, step, step / 10)
        for one in optimizers:
            peak = plan.muon_rate if isinstance(one, Muon) else plan.rate
            assert one.param_groups[0]["lr"] == pytest.approx(peak * share)
