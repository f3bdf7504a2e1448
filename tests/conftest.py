"""Fixtures for many tests: small networks with random weights, in PyTorch and as ONNX graphs."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from engine.hub import Bundle, HubFile
from engine.model.config import ModelConfig
from engine.music import features
from engine.music.conditions import ALL, EMOTION
from engine.video.demo import draw_demo

if TYPE_CHECKING:
    from engine.model.runtime import Network
    from engine.model.transformer import Transformer

# The other experts take seconds to load their networks. Their own tests name them.
os.environ["EMSYNC_EXPERTS"] = "look"

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


@dataclass
class Hub:
    """A hub on the loopback interface.

    files: what it has, by the path below the revision. sends: at most so many bytes of an answer.
    knows_ranges: whether it sends parts. requests: the path and the range of each so far.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    sends: int | None = None
    knows_ranges: bool = True
    requests: list[tuple[str, str | None]] = field(default_factory=list)

    def bundle(self, name: str = "tiny") -> Bundle:
        """All files as a bundle, with their true sizes and checksums."""
        return Bundle(
            name,
            "MIT",
            tuple(
                HubFile("owner/tiny", "abc", path, len(data), hashlib.sha256(data).hexdigest())
                for path, data in self.files.items()
            ),
        )


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    """A hub that downloads go to; the cache is a new folder."""
    served = Hub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers["Range"]
            served.requests.append((self.path, wanted))
            data = served.files.get(self.path.removeprefix("/owner/tiny/resolve/abc/"))
            if data is None:
                self.send_error(404)
                return
            start = 0
            if wanted and served.knows_ranges:
                start = int(wanted.removeprefix("bytes=").removesuffix("-"))
                if start >= len(data):
                    self.send_error(416)
                    return
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(data) - start))
            self.end_headers()
            self.wfile.write(data[start:][: served.sends])

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("EMSYNC_CACHE", str(tmp_path / "cache"))
    for name in ("EMSYNC_OFFLINE", "HF_HUB_OFFLINE", "http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    yield served
    server.shutdown()
    server.server_close()
    thread.join()
