from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch")

from engine.music import vocabulary as voc  # noqa: E402
from engine.training.validation import validate  # noqa: E402


def test_validation_is_the_mean_over_tokens(cache, tiny, random_model):
    model = random_model(tiny("relative"))
    model.output.weight.zero_()
    model.output.bias.zero_()
    sure = validate(model, cache, windows=6, size=4, device="cpu")
    assert sure["nll_per_token"] == pytest.approx(math.log(voc.SIZE), rel=1e-5)
    assert sure["nll_per_second"] > sure["nll_per_token"]
    assert validate(model, cache, 6, 1, "cpu") == pytest.approx(sure)
