from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from engine.training.arithmetic import matrix_type  # noqa: E402


def test_one_of_two_types_and_always_the_same():
    assert matrix_type("cpu") in (torch.float32, torch.bfloat16)
    assert matrix_type("cpu") is matrix_type("cpu")


def test_gpus_have_halves():
    assert matrix_type("cuda:0") is torch.bfloat16
