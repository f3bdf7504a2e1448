"""Export of the fusion network as an ONNX graph in fp32, with its card.

The inputs are the batch of :func:`engine.emotion.fusion_network.prepare`, by modality; the output
is ``logits`` [n, 6].
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from engine.emotion.fusion_network import STEPS, Card, card_path
from engine.files import replacing, write_atomically
from engine.section import EKMAN
from engine.training.emotion.network import HEADS, FusionModule, pair_name

OPSETS = [helper.make_opsetid("", 17)]
NORM_EPSILON = 1e-5
"""That of PyTorch's LayerNorm."""


def export_network(model: FusionModule, card: Card, path: Path) -> None:
    """Write the graph to ``path`` and the card beside it.

    Raises EmsyncError if they can't be written.
    """
    proto = helper.make_model(_Builder(model).build(), opset_imports=OPSETS, ir_version=8)
    onnx.checker.check_model(proto)
    with replacing(path) as beside:
        onnx.save(proto, beside)
    write_atomically(card_path(path), card.to_json())


class _Builder:
    """The graph under construction. Methods return the name of the tensor that they make."""

    def __init__(self, model: FusionModule) -> None:
        self._model = model
        self._state = {k: v.detach().cpu().numpy() for k, v in model.state_dict().items()}
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}

    def build(self) -> onnx.GraphProto:
        model = self._model
        known = {m.name: self._linear(m.name, f"project.{m.name}") for m in model.modalities}
        parts = [self._pair(known, *pair) for pair in model.pairs]
        parts += [known[name] for name in model.singles]
        joined = self._node("Relu", self._node("Concat", *parts, axis=1))
        logits = self._linear(joined, "output")
        self._nodes.append(helper.make_node("Identity", [logits], ["logits"]))
        value = helper.make_tensor_value_info
        inputs = []
        for m in model.modalities:
            shape: list[str | int | None] = ["n", STEPS, m.width] if m.sequence else ["n", m.width]
            inputs.append(value(m.name, TensorProto.FLOAT, shape))
        outputs = [value("logits", TensorProto.FLOAT, ["n", len(EKMAN)])]
        constants = list(self._constants.values())
        return helper.make_graph(self._nodes, "emotion", inputs, outputs, constants)

    def _pair(self, known: dict[str, str], asking: str, asked: str) -> str:
        """The mean [n, width] of what one sequence finds in another."""
        name = pair_name(asking, asked)
        sources = (("query", asking), ("key", asked), ("value", asked))
        heads = []
        for place, (role, modality) in enumerate(sources):
            x = self._linear(known[modality], f"{role}.{modality}")
            heads.append(self._split(self._in_projection(x, name, place)))
        query, key, values = heads
        turned = self._node("Transpose", key, perm=[0, 1, 3, 2])
        root = np.float32((self._model.width // HEADS) ** -0.5)
        scores = self._node("Mul", self._node("MatMul", query, turned), self._constant(root))
        found = self._node("MatMul", self._node("Softmax", scores, axis=-1), values)
        found = self._node("Transpose", found, perm=[0, 2, 1, 3])
        found = self._node("Reshape", found, self._constant([0, 0, self._model.width]))
        found = self._linear(found, f"attention.{name}.out_proj")
        weight, bias = (self._stored(f"norm.{name}.{part}") for part in ("weight", "bias"))
        found = self._node("LayerNormalization", found, weight, bias, axis=-1, epsilon=NORM_EPSILON)
        return self._node("ReduceMean", found, axes=[1], keepdims=0)

    def _in_projection(self, x: str, name: str, place: int) -> str:
        """One third of an attention's input layer: 0 for queries, 1 for keys, 2 for values."""
        weight, bias = (
            np.split(self._state[f"attention.{name}.in_proj_{part}"], 3)[place]
            for part in ("weight", "bias")
        )
        return self._node(
            "Add", self._node("MatMul", x, self._constant(weight.T)), self._constant(bias)
        )

    def _split(self, x: str) -> str:
        """[n, STEPS, width] as [n, HEADS, STEPS, width of a head]."""
        shape = self._constant([0, 0, HEADS, self._model.width // HEADS])
        return self._node("Transpose", self._node("Reshape", x, shape), perm=[0, 2, 1, 3])

    def _linear(self, x: str, name: str) -> str:
        product = self._node("MatMul", x, self._constant(self._state[f"{name}.weight"].T))
        return self._node("Add", product, self._stored(f"{name}.bias"))

    def _stored(self, name: str) -> str:
        return self._constant(self._state[name])

    def _constant(self, value: Any) -> str:
        array = np.ascontiguousarray(value)
        name = f"constant_{len(self._constants)}"
        self._constants[name] = numpy_helper.from_array(array, name)
        return name

    def _node(self, op: str, *inputs: str, **attributes: Any) -> str:
        name = f"{op}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(op, list(inputs), [name], **attributes))
        return name
