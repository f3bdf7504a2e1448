"""A tiny network shaped like CLIP, real speech of an installed package, and made-up sounds."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.arrays import Samples
from engine.audio import read_sound
from engine.emotion.experts.expert import SOUND_RATE, Expert, Track

FUNERAL, CHILDREN = "a funeral", "children playing"
TABLE = 997
"""Rows of the table of texts; a token's id is taken modulo this."""


@pytest.fixture(scope="session")
def tiny_clip() -> tuple[bytes, bytes]:
    """Networks of pictures and of texts as bytes: bright blue is a funeral, red children playing.

    A text's vector is the sum of random vectors of its tokens. A picture's is made of the vectors
    of those two texts by the means of its colours.
    """
    onnx = pytest.importorskip("onnx")
    from engine.emotion.experts.clip import prompts

    value, node, helper = onnx.helper.make_tensor_value_info, onnx.helper.make_node, onnx.helper
    rng = np.random.default_rng(0)
    table = rng.normal(size=(TABLE, 512)).astype(np.float32)

    def text(wanted: str) -> np.ndarray:
        tokens = next(prompt.tokens for prompt in prompts() if prompt.text == wanted)
        vector = table[np.array(tokens) % TABLE].sum(0)
        return vector / np.linalg.norm(vector)

    colours = np.stack([text(CHILDREN), 0.2 * rng.normal(size=512) / 22.6, text(FUNERAL)])

    def model(
        nodes: list[Any], name: str, shape: list[Any], kind: int, output: str, **constants: Any
    ) -> bytes:
        graph = helper.make_graph(
            nodes, "tiny", [value(name, kind, shape)],
            [value(output, onnx.TensorProto.FLOAT, ["n", 512])],
            [onnx.numpy_helper.from_array(array, key) for key, array in constants.items()],
        )  # fmt: skip
        opsets = [helper.make_opsetid("", 17)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString()

    pictures = model(
        [
            node("ReduceMean", ["pixel_values"], ["mean"], axes=[2, 3], keepdims=0),
            node("Add", ["mean", "two"], ["positive"]),
            node("MatMul", ["positive", "colours"], ["image_embeds"]),
        ],
        "pixel_values", ["n", 3, 224, 224], onnx.TensorProto.FLOAT, "image_embeds",
        colours=colours.astype(np.float32), two=np.float32(2),
    )  # fmt: skip
    texts = model(
        [
            node("Mod", ["input_ids", "rows"], ["row"]),
            node("Gather", ["table", "row"], ["vectors"]),
            node("ReduceSum", ["vectors", "axis"], ["text_embeds"], keepdims=0),
        ],
        "input_ids", ["n", "tokens"], onnx.TensorProto.INT64, "text_embeds",
        table=table, rows=np.int64(TABLE), axis=np.array([1]),
    )  # fmt: skip
    return pictures, texts


@pytest.fixture
def tiny_scene(hub: Any, tiny_clip: tuple[bytes, bytes]) -> Callable[[], Any]:
    """Puts the tiny networks into the hub and returns their bundle; nothing is downloaded yet."""

    def bundle() -> Any:
        pictures, texts = tiny_clip
        hub.files = {
            "onnx/vision_model_quantized.onnx": pictures,
            "onnx/text_model_quantized.onnx": texts,
        }
        return hub.bundle("scene")

    return bundle


def _listen(
    expert: Expert,
    samples: Samples,
    start: float = 0.0,
    block: int = 7168,
    earlier: Mapping[str, Track] | None = None,
) -> Track:
    watcher = expert.watch()
    for place in range(0, len(samples), block):
        watcher.sound(start + place / SOUND_RATE, samples[place : place + block])
    return expert.load(watcher.finish(earlier or {}).arrays())


def _sine(frequency: float, seconds: float, amplitude: float = 1.0) -> Samples:
    time = np.arange(round(seconds * SOUND_RATE)) / SOUND_RATE
    return (amplitude * np.sin(2 * np.pi * frequency * time)).astype(np.float32)


@pytest.fixture(scope="session")
def listen() -> Callable[..., Track]:
    """The track of an expert that received samples in blocks and was kept in a file."""
    return _listen


@pytest.fixture(scope="session")
def sine() -> Callable[..., Samples]:
    """A sine: sine(hertz, seconds, amplitude=1.0)."""
    return _sine


@pytest.fixture(scope="session")
def recording() -> Callable[[str], Samples]:
    """Real speech by name: beckett (10 s), two_cities (44 s) or endgame_nagg_nell (28 s)."""
    spec = find_spec("moonshine_voice")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("needs the recordings of moonshine-voice")
    folder = Path(spec.submodule_search_locations[0]) / "assets"

    def read(name: str) -> Samples:
        path = folder / f"{name}.wav"
        if not path.is_file():
            pytest.skip(f"needs {name}.wav of moonshine-voice 0.0.73")
        return read_sound(path, SOUND_RATE).astype(np.float32)

    return read


@pytest.fixture
def speak(tmp_path: Path) -> Callable[..., Samples]:
    """Synthetic speech: speak(text, voice="en", pitch=50, rate=160)."""
    if shutil.which("espeak-ng") is None:
        pytest.skip("needs espeak-ng")

    def say(text: str, voice: str = "en", pitch: int = 50, rate: int = 160) -> Samples:
        path = tmp_path / "speech.wav"
        command = ["espeak-ng", "-v", voice, "-p", str(pitch), "-s", str(rate), "-w", str(path)]
        subprocess.run([*command, text], check=True, capture_output=True)
        return read_sound(path, SOUND_RATE).astype(np.float32)

    return say
