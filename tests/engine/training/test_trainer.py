from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from engine.training.distributed import World  # noqa: E402
from engine.training.plan import TrainingPlan  # noqa: E402
from engine.training.trainer import Trainer  # noqa: E402

PLAN = TrainingPlan(steps=6, batch=4, micro=2)


def test_a_compiled_network_keeps_its_names(tiny):
    config, alone = tiny("rotary", layers=1, context=48), World(0, 1, "cpu")
    plain, compiled = (
        Trainer(config, PLAN, alone, compiled=compiled).model for compiled in (False, True)
    )
    assert compiled.state_dict().keys() == plain.state_dict().keys()
    for model, eager in ((plain, True), (compiled, False)):
        assert all((block._compiled_call_impl is None) == eager for block in model.blocks)
