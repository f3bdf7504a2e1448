"""An ONNX graph under construction: nodes, constants, and layers over stored weights.

The graph holds no weights of its own. Its initialisers point into the fp16 safetensors file beside
it. The runtime casts, transposes and rounds them once, when it makes the session.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from engine.model.header import read_header
from engine.model.precision import Precision

BLOCK = 128
"""Neighbouring weights of a row that share a scale, if rows divide into such blocks. Blocks of 32
cost a step a sixth more and gain nothing in likelihood."""
SMALLEST_BLOCK = 16
"""The smallest block that the kernel takes."""


class Graph:
    """Nodes under construction. Methods return the name of the tensor they make.

    weights: the safetensors file. precision: of the arithmetic; int8 means the large products only,
    with fp32 between.
    """

    def __init__(self, weights: Path, precision: Precision) -> None:
        self.weights = weights.name
        self.precision = precision
        self.type = TensorProto.FLOAT16 if precision == "fp16" else TensorProto.FLOAT
        self.scalar = np.float16 if precision == "fp16" else np.float32
        self.tensors = read_header(weights).tensors
        self.nodes: list[onnx.NodeProto] = []
        self.initialisers: dict[str, onnx.TensorProto] = {}
        self.count = 0

    def node(self, op: str, *inputs: str, **attributes: Any) -> str:
        """Add a node with one output."""
        self.count += 1
        name = f"{op}_{self.count}"
        self.nodes.append(helper.make_node(op, list(inputs), [name], **attributes))
        return name

    def constant(self, value: object, dtype: type = np.int64) -> str:
        """A small constant; equal ones are shared."""
        array: npt.NDArray[Any] = np.array(value, dtype)
        name = f"{array.dtype}{array.shape}:{array.tolist()}"
        if name not in self.initialisers:
            self.initialisers[name] = numpy_helper.from_array(array, name)
        return name

    def table(self, name: str, array: npt.NDArray[Any]) -> str:
        """A computed array, stored in the graph itself in its type."""
        self.initialisers[name] = numpy_helper.from_array(array.astype(self.scalar), name)
        return name

    def count_to(self, end: str) -> str:
        """0, 1, ... up to ``end`` [], which is not included."""
        return self.node("Range", self.constant(0), end, self.constant(1))

    def last_places(self) -> str:
        """The index of each piece's last place [B, 1], from the input ``last`` [B]."""
        wide = self.node("Cast", "last", to=TensorProto.INT64)
        return self.node("Unsqueeze", wide, self.constant([1]))

    def cast(self, x: str) -> str:
        """An fp32 input in the graph's own type."""
        return self.node("Cast", x, to=self.type) if self.precision == "fp16" else x

    def stored(self, name: str) -> str:
        """A tensor of the weights file as it is stored there, in fp16."""
        if name not in self.initialisers:
            source = self.tensors[name]
            tensor = TensorProto(
                name=name,
                data_type=TensorProto.FLOAT16,
                dims=source.shape,
                data_location=TensorProto.EXTERNAL,
            )
            where = {
                "location": self.weights,
                "offset": source.begin,
                "length": source.length,
            }
            for key, value in where.items():
                tensor.external_data.add(key=key, value=str(value))
            self.initialisers[name] = tensor
        return name

    def weight(self, name: str, transpose: bool = False) -> str:
        """A tensor of the weights file in the graph's own type."""
        ready = f"{name}:{'T' if transpose else 'ready'}"
        if not any(ready in node.output for node in self.nodes):
            stored = self.stored(name)
            turned = self.node("Transpose", stored, perm=[1, 0]) if transpose else stored
            self.nodes.append(helper.make_node("Cast", [turned], [ready], to=self.type))
        return ready

    def product(self, x: str, name: str) -> str:
        """x W^T with one of the large matrices [rows, columns], in 8 bits if the graph is int8."""
        rows, columns = self.tensors[name].shape
        block = math.gcd(columns, BLOCK)
        if self.precision != "int8" or block < SMALLEST_BLOCK:
            return self.node("MatMul", x, self.weight(name, transpose=True))
        whole, scales = self.rounded(name, [rows, columns // block, block])
        return self.node(
            "MatMulNBits",
            x,
            whole,
            scales,
            domain="com.microsoft",
            K=columns,
            N=rows,
            bits=8,
            block_size=block,
            accuracy_level=4,  # rounds the activations to 8 bits too
        )

    def rounded(self, name: str, shape: list[int]) -> tuple[str, str]:
        """A matrix as integers -127..127 (plus 128) of ``shape``, and the scale of each block."""
        blocks = self.node("Cast", self.stored(name), to=TensorProto.FLOAT)
        blocks = self.node("Reshape", blocks, self.constant(shape))
        largest = self.node("ReduceMax", self.node("Abs", blocks), axes=[2], keepdims=1)
        scales = self.node("Div", largest, self.constant(127, np.float32))
        # A block of zeros must not divide by zero.
        scales = self.node("Max", scales, self.constant(1e-12, np.float32))
        whole = self.node("Round", self.node("Div", blocks, scales))
        whole = self.node("Add", whole, self.constant(128, np.float32))
        whole = self.node("Cast", whole, to=TensorProto.UINT8)
        return whole, self.node("Reshape", scales, self.constant([-1]))

    def linear(self, x: str, name: str) -> str:
        """x W^T, plus the bias if the layer has one."""
        product = self.product(x, f"{name}.weight")
        if f"{name}.bias" in self.tensors:
            product = self.node("Add", product, self.weight(f"{name}.bias"))
        return product

    def feed_forward(self, x: str, name: str) -> str:
        """Linear, ReLU, Linear. They are small, so their weights are never rounded."""
        for part, activation in (("0", "Relu"), ("2", None)):
            x = self.node("MatMul", x, self.weight(f"{name}.{part}.weight", transpose=True))
            x = self.node("Add", x, self.weight(f"{name}.{part}.bias"))
            x = self.node(activation, x) if activation else x
        return x
