"""A tiny network shaped like CLIP, which the expert loads as it loads CLIP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

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
