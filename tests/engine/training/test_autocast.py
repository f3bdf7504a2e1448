from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from engine.training import arithmetic  # noqa: E402


@pytest.mark.parametrize("quicker", [torch.float32, torch.bfloat16])
def test_the_type_that_is_quicker(monkeypatch, quicker):
    monkeypatch.setattr(arithmetic, "_seconds", lambda dtype: 1.0 if dtype is quicker else 2.0)
    assert arithmetic.matrix_type.__wrapped__("cpu") is quicker


def test_products_take_time():
    assert arithmetic._seconds(torch.float32) > 0 and arithmetic._seconds(torch.bfloat16) > 0


def test_what_needs_no_trial():
    assert arithmetic.matrix_type("cuda:0") is torch.bfloat16
    assert arithmetic.matrix_type("mps") is torch.float32
