from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from engine.training import autocast  # noqa: E402


@pytest.mark.parametrize("faster", [torch.float32, torch.bfloat16])
def test_the_faster_type_is_chosen_on_a_cpu(monkeypatch, faster):
    monkeypatch.setattr(autocast, "_seconds", lambda dtype: 1.0 if dtype is faster else 2.0)
    assert autocast.matrix_type.__wrapped__("cpu") is faster


def test_products_of_both_types_take_time():
    assert autocast._seconds(torch.float32) > 0 and autocast._seconds(torch.bfloat16) > 0


def test_other_devices_are_not_timed():
    assert autocast.matrix_type("cuda:0") is torch.bfloat16
    assert autocast.matrix_type("mps") is torch.float32
