"""Which device is chosen, and what happens if it is missing. Only the CPU runs here."""

from __future__ import annotations

import numpy as np
import onnxruntime as ort
import pytest

from engine.errors import EmsyncError
from engine.model.decoder import Decoder
from engine.model.devices import DEVICES, choose_device
from engine.model.runtime import Network

OTHERS = [name for name in DEVICES if name != "cpu"]


def offer(monkeypatch, *names: str) -> None:
    """Make this onnxruntime report the providers of these devices and of the CPU."""
    providers = [DEVICES[name].provider for name in (*names, "cpu")]
    monkeypatch.setattr(ort, "get_available_providers", lambda: providers)


@pytest.mark.parametrize(
    ("there", "chosen"),
    [((), "cpu"), (("cuda",), "cuda"), (("directml",), "cpu"), (("coreml",), "cpu")],
)
def test_auto_is_cuda_or_the_cpu(monkeypatch, there, chosen):
    offer(monkeypatch, *there)
    assert choose_device("auto") == chosen


@pytest.mark.parametrize("name", OTHERS)
def test_a_device_that_is_available_is_used(monkeypatch, name):
    offer(monkeypatch, name)
    assert choose_device(name) == name


@pytest.mark.parametrize("name", OTHERS)
def test_a_missing_device_gives_a_warning_and_the_cpu(monkeypatch, name):
    offer(monkeypatch)
    with pytest.warns(UserWarning, match=f"'{name}'.*no {DEVICES[name].provider}.*on the CPU"):
        assert choose_device(name) == "cpu"


def test_an_unknown_device_is_an_error():
    with pytest.raises(EmsyncError, match="choose auto, cuda, directml, coreml, cpu"):
        choose_device("abacus")


@pytest.mark.parametrize("name", OTHERS)
def test_a_provider_that_does_not_load_gives_a_warning_and_the_cpu(
    monkeypatch, tiny, random_model, exported, name
):
    if DEVICES[name].provider in ort.get_available_providers():
        pytest.skip(f"this onnxruntime has {name}")
    weights = exported(random_model(tiny()))
    offer(monkeypatch, name)
    with pytest.warns(UserWarning, match="driver or libraries") as caught:
        network = Network(weights, name, threads=1)
    assert len(caught) == 1
    assert (network.device, network.precision) == ("cpu", "int8")
    assert network.session.get_providers() == ["CPUExecutionProvider"]
    logits = Decoder(network).prefill(
        np.array([2, 3]), np.zeros(2, np.float32), np.zeros(6, np.float32)
    )
    assert np.isfinite(logits).all()
