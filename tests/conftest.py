"""Fixtures for many tests: small networks with random weights, in PyTorch and as ONNX graphs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from engine.model.config import ModelConfig
from engine.music import features
from engine.music.conditions import ALL, EMOTION
from engine.video.demo import draw_demo

if TYPE_CHECKING:
    from engine.model.runtime import Network
    from engine.model.transformer import Transformer

# No deadline, because a busy machine must not fail a test.
settings.register_profile("emsync", deadline=None, max_examples=60, derandomize=True)
settings.load_profile("emsync")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs python-rtmidi, which is optional, where it is missing."""
    if item.get_closest_marker("rtmidi") and find_spec("rtmidi") is None:
        pytest.skip("needs python-rtmidi")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of films and songs beside the checkout; skips the test if it is missing."""
    folder = Path(__file__).parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip("needs ../shared, which a clone alone does not have")
    return folder


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo film, drawn once."""
    path = tmp_path_factory.mktemp("demo") / "demo.mp4"
    draw_demo(path)
    return path


@pytest.fixture(scope="session")
def tiny() -> Callable[..., ModelConfig]:
    """The config of a tiny network: ``tiny("relative")``, ``tiny("rotary", context=64)``."""

    def config(positions: str = "rotary", **changes: object) -> ModelConfig:
        relative = positions == "relative"
        small = ModelConfig(
            layers=2, heads=2, width=32, hidden=48, context=96, dropout=0.0,
            positions=positions, controls=EMOTION if relative else ALL,
            features=() if relative else features.ALL,
        )  # fmt: skip
        return replace(small, **changes)

    return config


@pytest.fixture(scope="session")
def random_model() -> Callable[..., Transformer]:
    """A network whose every weight is random and exact in fp16, in evaluation mode."""
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    from engine.model.transformer import Transformer

    def make(config: ModelConfig, seed: int = 0) -> Transformer:
        torch.manual_seed(seed)
        model = Transformer(config).eval().requires_grad_(False)
        for parameter in model.parameters():
            parameter.copy_((parameter + 0.1 * torch.randn_like(parameter)).half())
        return model

    return make


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Transformer], Path]:
    """Writes a network's weights and graphs; returns the path of the weights."""
    from engine.model.export import export_onnx
    from engine.model.weights import write_weights

    def write(model: Transformer) -> Path:
        weights = tmp_path_factory.mktemp("network") / "model.safetensors"
        state = {name: value.numpy() for name, value in model.state_dict().items()}
        write_weights(weights, model.config, state, {"name": "tiny"})
        export_onnx(weights)
        return weights

    return write


@pytest.fixture(scope="session")
def network(
    tiny: Callable[..., ModelConfig],
    random_model: Callable[..., Transformer],
    exported: Callable[[Transformer], Path],
) -> Network:
    """A tiny rotary network, ready to compose with."""
    from engine.model.runtime import Network

    return Network(exported(random_model(tiny())), "cpu", threads=1)
