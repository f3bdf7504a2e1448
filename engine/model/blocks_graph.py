"""The network's blocks in ONNX: attention over the key-value cache, and feed-forward layers.

The twins of the blocks of :mod:`engine.model.transformer`. Shapes as in :mod:`engine.model.export`,
with D the width of the network.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import TensorProto, helper

from engine.model.config import ModelConfig
from engine.model.graph import Graph
from engine.model.rotary import rotary_tables


class BlocksGraph:
    """Adds the blocks to a graph.

    ranges: those of the cache's channels (:func:`engine.model.calibration.cache_ranges`) for a
    cache of 8 bits; empty for a cache in the graph's own type.
    """

    def __init__(
        self, graph: Graph, config: ModelConfig, ranges: Mapping[str, npt.NDArray[np.float32]]
    ) -> None:
        self.graph = graph
        self.config = config
        self.ranges = ranges
        self.distance_rows: str | None = None

    def build(self, x: str) -> str:
        """All blocks, and the norm after the last rotary one: [B, N, D] -> the same."""
        relative = self.config.positions == "relative"
        return self.paper_blocks(x) if relative else self.rotary_blocks(x)

    def paper_blocks(self, x: str) -> str:
        """All layers of :class:`engine.model.transformer.PaperBlock`."""
        graph = self.graph
        for layer in range(self.config.layers):
            name = f"blocks.{layer}"
            _, x = self.add_norm(x, self.attention(x, layer), f"{name}.norm1")
            up = graph.node("Relu", graph.linear(x, f"{name}.up"))
            _, x = self.add_norm(x, graph.linear(up, f"{name}.down"), f"{name}.norm2")
        return x

    def rotary_blocks(self, x: str) -> str:
        """All layers of :class:`engine.model.transformer.RotaryBlock`, and the norm after them."""
        graph = self.graph
        gamma = graph.weight("blocks.0.norm1.weight")
        normed = graph.node("SimplifiedLayerNormalization", x, gamma, axis=-1, epsilon=1e-6)
        for layer in range(self.config.layers):
            name = f"blocks.{layer}"
            x, normed = self.add_norm(x, self.attention(normed, layer), f"{name}.norm2")
            up = graph.node("Relu", graph.linear(normed, f"{name}.up"))
            down = graph.linear(graph.node("Mul", up, up), f"{name}.down")
            last = layer + 1 == self.config.layers
            x, normed = self.add_norm(x, down, "norm" if last else f"blocks.{layer + 1}.norm1")
        return normed

    def add_norm(self, x: str, y: str, name: str) -> tuple[str, str]:
        """x + y, and its layer norm (paper) or RMS norm (rotary), in one node."""
        graph = self.graph
        relative = self.config.positions == "relative"
        inputs = [x, y, graph.weight(f"{name}.weight")]
        if relative:
            inputs.append(graph.weight(f"{name}.bias"))
        graph.count += 1
        total, normed = f"sum_{graph.count}", f"normed_{graph.count}"
        kind = "SkipLayerNormalization" if relative else "SkipSimplifiedLayerNormalization"
        graph.nodes.append(
            helper.make_node(
                kind, inputs, [normed, "", "", total], domain="com.microsoft", epsilon=1e-6
            )
        )
        return total, normed

    def attention(self, x: str, layer: int) -> str:
        """Grouped-query attention (a group a head) over the cache: [B, N, D] -> the same."""
        graph, config = self.graph, self.config
        name = f"blocks.{layer}.attention"
        qkv = graph.linear(x, f"{name}.qkv")
        parts = [qkv, "", ""]
        tables, bias = ("", ""), ""
        rotary = config.positions == "rotary"
        if rotary:
            tables = self.rotary_tables()
        else:
            bias = self.relative_bias(qkv, name)
            # The kernel takes no bias with packed queries, keys and values.
            graph.count += 1
            parts = [f"{part}_{graph.count}" for part in "qkv"]
            graph.nodes.append(helper.make_node("Split", [qkv], parts, axis=2))
        caches = [f"past_key.{layer}", f"past_value.{layer}"]
        inputs = [*parts, *caches, "last", "total", *tables, "", bias, ""]
        rounding: dict[str, Any] = {}
        if self.ranges:
            inputs += [self.cache_scales(f"{part}.{layer}") for part in ("key", "value")]
            rounding = {f"{part}_quant_type": "PER_CHANNEL" for part in "kv"}
            rounding["kv_cache_bit_width"] = 8
        mixed = f"{name}.mixed"
        outputs = [mixed, f"present_key.{layer}", f"present_value.{layer}"]
        graph.nodes.append(
            helper.make_node(
                "GroupQueryAttention",
                inputs,
                outputs,
                domain="com.microsoft",
                num_heads=config.heads,
                kv_num_heads=config.heads,
                do_rotary=int(rotary),
                **rounding,
            )
        )
        return graph.linear(mixed, f"{name}.out")

    def cache_scales(self, cache: str) -> str:
        """The step of each channel of a layer's 8-bit keys or values: [D]."""
        return self.graph.table(f"{cache}.scales", self.ranges[cache] / 127)

    def rotary_tables(self) -> tuple[str, str]:
        """cos and sin of position times frequency: two of [context, W / 2]."""
        cos, sin = rotary_tables(self.config.context, self.config.head_width)
        return self.graph.table("cos", cos), self.graph.table("sin", sin)

    def relative_bias(self, qkv: str, name: str) -> str:
        """q . E[distance] / sqrt(W) for every new place and all places: [B, H, N, total].

        The same "skewing" as :func:`engine.model.transformer.relative_scores`, for N queries and
        total keys. Each piece may be at another place.
        """
        graph, config = self.graph, self.config
        zero, axis = graph.constant([0]), graph.constant([2])
        q = graph.node("Slice", qkv, zero, graph.constant([config.width]), axis)
        q = graph.node("Reshape", q, graph.constant([0, 0, config.heads, config.head_width]))
        q = graph.node("Transpose", q, perm=[0, 2, 1, 3])  # [B, H, N, W]
        rows = self.rows_of_distances()
        distances = graph.node("Gather", graph.weight(f"{name}.distances"), rows)
        distances = graph.node("Unsqueeze", distances, graph.constant([1]))  # [B, 1, total, W]
        scores = graph.node("MatMul", q, graph.node("Transpose", distances, perm=[0, 1, 3, 2]))
        scale = graph.constant(1 / math.sqrt(config.head_width), graph.scalar)
        scores = graph.node("Mul", scores, scale)  # column m is as far from the last as place m
        shape = graph.node("Shape", scores)
        padded = graph.node("Pad", scores, graph.constant([0, 0, 0, 0, 0, 0, 0, 1]))
        flat = graph.node("Reshape", padded, graph.constant([0, 0, -1]))
        length = graph.node("Shape", "offsets", start=1, end=2)
        begin = graph.node("Sub", length, graph.constant([1]))
        shifted = graph.node("Slice", flat, begin, graph.constant([-1]), axis)
        return graph.node("Reshape", shifted, shape)

    def rows_of_distances(self) -> str:
        """The row of ``distances`` for the distance of each place to the last: [B, total].

        Row -1 is for a distance of 0. Places beyond a piece's last are masked: any row will do.
        """
        graph = self.graph
        if self.distance_rows is None:
            nearest = graph.constant(self.config.context - 1)
            total = graph.node("Cast", "total", to=TensorProto.INT64)
            first = graph.node("Sub", nearest, graph.last_places())
            rows = graph.node("Add", first, graph.count_to(total))
            self.distance_rows = graph.node("Min", rows, nearest)
        return self.distance_rows
