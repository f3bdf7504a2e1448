"""The network as ONNX graphs with a key-value cache, built node by node.

One graph serves prefill (condition slots and many tokens on an empty cache) and single steps, of
several pieces at once that may each be at another place. What it is put together from is in
:mod:`engine.model.graph`.

Three graphs differ in their arithmetic:

    fp32: PyTorch's, to 1e-4
    int8: the large products by weights of 8 bits, a scale for each block of 128, over a cache of
        8 bits, a scale for each channel, with fp32 between; a step on a CPU takes the time to
        stream its bytes, and these are a quarter of them
    fp16: all in half precision, for GPUs

Inputs, with B pieces, S tokens, C condition slots, p = 1 for a prefill and 0 for a step,
N = p * C + S places, H heads of width W:

    tokens [B, S] int64; offsets [B, N] seconds, the slots' too; conditions [B, p, C];
    last [B] int32, the index of each piece's last place; total [] int32, the most places any has;
    clock [B, S, 2] int64, echo [B, S, 3] int64, sounding [B, S, 880] fp32, where the network has
    these features (:mod:`engine.music.features`);
    past_key.<i>, past_value.<i> [B, H, context, W]

and outputs ``logits`` [B, S, V] in fp32 and present_key.<i>, present_value.<i>, which are meant to
be bound to the same buffers as the past ones: the cache never moves.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper

from engine.files import replacing
from engine.model.calibration import cache_ranges
from engine.model.config import ModelConfig
from engine.model.graph import Graph
from engine.model.precision import GRAPH_VERSION, PRECISIONS, Precision, graph_path
from engine.model.rotary import rotary_tables
from engine.model.runtime import Network
from engine.model.weights import read_weights
from engine.music import vocabulary as voc
from engine.music.conditions import CATEGORIES
from engine.music.features.state import INPUTS
from engine.music.offsets import MAX_OFFSET

OPSETS = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]


def export_onnx(weights: Path, precisions: Iterable[Precision] = PRECISIONS) -> list[Path]:
    """Write the graphs beside a weights file, under the same name; returns their paths."""
    config, _ = read_weights(weights)
    paths = []
    for precision in sorted(precisions, key=PRECISIONS.index):
        # The 8-bit cache's scales are read off the fp32 network at work.
        ranges = (
            cache_ranges(Network(weights, "cpu", precision="fp32")) if precision == "int8" else {}
        )
        graph = _Network(config, weights, precision, ranges)
        graph.build()
        model = helper.make_model(graph.finish(), opset_imports=OPSETS, ir_version=10)
        model.metadata_props.add(key="config", value=config.to_json())
        model.metadata_props.add(key="version", value=GRAPH_VERSION)
        paths.append(graph_path(weights, precision))
        with replacing(paths[-1]) as beside:
            onnx.save(model, beside)
    return paths


class _Network(Graph):
    """The network's graph."""

    def __init__(
        self,
        config: ModelConfig,
        weights: Path,
        precision: Precision,
        ranges: Mapping[str, npt.NDArray[np.float32]],
    ) -> None:
        super().__init__(weights, precision)
        self.config = config
        self.ranges = ranges
        self.distance_rows: str | None = None

    def build(self) -> None:
        """The whole network, from the inputs to ``logits``."""
        config = self.config
        slots = self.slots()
        embedded = self.node("Gather", self.weight("embedding.weight"), "tokens")
        if config.features:
            embedded = self.node("Sum", embedded, *self.feature_vectors())
        scale = self.constant(math.sqrt(config.width), self.scalar)
        x = self.node("Concat", slots, self.node("Mul", embedded, scale), axis=1)
        x = self.node("Add", x, self.where())
        x = self.paper_blocks(x) if config.positions == "relative" else self.rotary_blocks(x)
        # The condition slots come first; only the tokens' places have logits.
        length = self.node("Neg", self.node("Shape", "tokens", start=1, end=2))
        end, axis = self.constant([np.iinfo(np.int64).max]), self.constant([1])
        x = self.node("Slice", x, length, end, axis)
        if config.positions == "relative":
            logits = self.linear(x, "output")
        else:
            logits = self.product(x, "embedding.weight")
        self.nodes.append(helper.make_node("Cast", [logits], ["logits"], to=TensorProto.FLOAT))

    def slots(self) -> str:
        """The conditions as vectors [B, p * C, D]; worked out in a prefill only."""
        outside, self.nodes = self.nodes, []
        each = [self.slot(i, name) for i, name in enumerate(self.config.controls)]
        worked_out = self.branch("slots", self.node("Concat", *each, axis=1))
        self.nodes = []
        pieces = self.node("Shape", "tokens", start=0, end=1)
        shape = self.node("Concat", pieces, self.constant([0, self.config.width]), axis=0)
        none = self.branch("no_slots", self.node("Expand", self.constant(0, self.scalar), shape))
        self.nodes = outside
        prefill = self.node("Cast", self.node("Shape", "conditions", start=1, end=2), to=9)
        return self.node("If", prefill, then_branch=worked_out, else_branch=none)

    def branch(self, name: str, result: str) -> onnx.GraphProto:
        """The present nodes as a graph of its own with one result [B, p * C, D]."""
        shape: list[str | int | None] = ["B", "slots", self.config.width]
        value = helper.make_tensor_value_info(result, self.type, shape)
        return helper.make_graph(self.nodes, name, [], [value])

    def slot(self, index: int, name: str) -> str:
        """One condition as a vector [B, p, D]; its learned unknown where it is NaN."""
        column = self.node("Gather", "conditions", self.constant([index]), axis=2)  # [B, p, 1]
        unknown = self.node("IsNaN", column)
        if name in CATEGORIES:
            last = self.constant(CATEGORIES[name], np.float32)
            index_of = self.node("Where", unknown, last, column)
            indices = self.node("Cast", index_of, to=TensorProto.INT64)
            rows = self.node("Gather", self.weight(f"slots.{index}.table.weight"), indices)
            return self.node("Squeeze", rows, self.constant([2]))
        zero = self.constant(0, np.float32)
        number = self.cast(self.node("Where", unknown, zero, column))
        known = self.feed_forward(number, f"slots.{index}.ffn")
        return self.node("Where", unknown, self.weight(f"slots.{index}.unknown"), known)

    def where(self) -> str:
        """Positions and boundary offsets of all places: [B, N, D]."""
        config = self.config
        longest = self.constant(MAX_OFFSET, np.float32)
        near = self.node("Sub", longest, self.node("Min", "offsets", longest))
        near = self.cast(self.node("Unsqueeze", near, self.constant([2])))
        encoded = self.feed_forward(near, "offsets")
        if config.positions == "relative":
            rows = self.node("Gather", self.weight("positions"), self.places())  # [B, N, D / 2]
            return self.node("Concat", encoded, rows, axis=2)
        steps = self.node("Mul", "offsets", self.constant(1000 / voc.STEP_MS, np.float32))
        furthest = self.constant(self.tensors["near.weight"].shape[0] - 1, np.float32)
        rounded = self.node("Min", self.node("Round", steps), furthest)
        indices = self.node("Cast", rounded, to=TensorProto.INT64)
        fine = self.node("Gather", self.weight("near.weight"), indices)
        scale = self.constant(math.sqrt(config.width), self.scalar)
        return self.node("Add", encoded, self.node("Mul", fine, scale))

    def feature_vectors(self) -> list[str]:
        """What each feature adds to the tokens' embeddings: [B, S, D] each."""
        each = {
            "bar_position": self.bar_position,
            "lookback": self.lookback,
            "active_notes": self.active_notes,
        }
        return [each[name](f"features.{i}") for i, name in enumerate(self.config.features)]

    def bar_position(self, name: str) -> str:
        """As ``features.BarPosition``."""
        told = []
        for column, table in enumerate(("since", "part")):
            rows = self.node("Gather", "bar_position", self.constant(column), axis=2)
            told.append(self.node("Gather", self.weight(f"{name}.{table}.weight"), rows))
        return self.node("Add", *told)

    def lookback(self, name: str) -> str:
        """As ``features.Lookback``."""
        heard = self.node("Gather", self.weight("embedding.weight"), "lookback")  # [B, S, bars, D]
        return self.linear(self.node("Reshape", heard, self.constant([0, 0, -1])), f"{name}.mix")

    def active_notes(self, name: str) -> str:
        """As ``features.ActiveNotes``."""
        return self.linear(self.cast("active_notes"), f"{name}.mix")

    def lasts(self) -> str:
        """The index of each piece's last place: [B, 1]."""
        wide = self.node("Cast", "last", to=TensorProto.INT64)
        return self.node("Unsqueeze", wide, self.constant([1]))

    def count_to(self, end: str) -> str:
        """0, 1, ... up to, not including, ``end`` []."""
        return self.node("Range", self.constant(0), end, self.constant(1))

    def places(self) -> str:
        """The index of each new place: [B, N]."""
        length = self.node("Shape", "offsets", start=1, end=2)
        first = self.node("Sub", self.lasts(), self.node("Sub", length, self.constant([1])))
        return self.node("Add", first, self.count_to(self.node("Squeeze", length)))

    def rows_of_distances(self) -> str:
        """Which row of ``distances`` tells how far each place is from the last: [B, total].

        Row -1 is for a distance of 0. Places beyond a piece's last are masked: any row will do.
        """
        if self.distance_rows is None:
            nearest = self.constant(self.config.context - 1)
            total = self.node("Cast", "total", to=TensorProto.INT64)
            first = self.node("Sub", nearest, self.lasts())
            rows = self.node("Add", first, self.count_to(total))
            self.distance_rows = self.node("Min", rows, nearest)
        return self.distance_rows

    def paper_blocks(self, x: str) -> str:
        """As so many ``transformer.PaperBlock``."""
        for layer in range(self.config.layers):
            name = f"blocks.{layer}"
            _, x = self.add_norm(x, self.attention(x, layer), f"{name}.norm1")
            up = self.node("Relu", self.linear(x, f"{name}.up"))
            _, x = self.add_norm(x, self.linear(up, f"{name}.down"), f"{name}.norm2")
        return x

    def rotary_blocks(self, x: str) -> str:
        """As so many ``transformer.RotaryBlock``, and the norm after the last."""
        gamma = self.weight("blocks.0.norm1.weight")
        normed = self.node("SimplifiedLayerNormalization", x, gamma, axis=-1, epsilon=1e-6)
        for layer in range(self.config.layers):
            name = f"blocks.{layer}"
            x, normed = self.add_norm(x, self.attention(normed, layer), f"{name}.norm2")
            up = self.node("Relu", self.linear(normed, f"{name}.up"))
            down = self.linear(self.node("Mul", up, up), f"{name}.down")
            last = layer + 1 == self.config.layers
            x, normed = self.add_norm(x, down, "norm" if last else f"blocks.{layer + 1}.norm1")
        return normed

    def add_norm(self, x: str, y: str, name: str) -> tuple[str, str]:
        """x + y, and its layer norm (paper) or RMS norm (rotary), in one node."""
        relative = self.config.positions == "relative"
        inputs = [x, y, self.weight(f"{name}.weight")]
        if relative:
            inputs.append(self.weight(f"{name}.bias"))
        self.count += 1
        total, normed = f"sum_{self.count}", f"normed_{self.count}"
        kind = "SkipLayerNormalization" if relative else "SkipSimplifiedLayerNormalization"
        self.nodes.append(
            helper.make_node(
                kind, inputs, [normed, "", "", total], domain="com.microsoft", epsilon=1e-6
            )
        )
        return total, normed

    def attention(self, x: str, layer: int) -> str:
        """Grouped-query attention (a group a head) over the cache."""
        config = self.config
        name = f"blocks.{layer}.attention"
        qkv = self.linear(x, f"{name}.qkv")
        parts = [qkv, "", ""]
        tables, bias = ("", ""), ""
        rotary = config.positions == "rotary"
        if rotary:
            tables = self.rotary_tables()
        else:
            bias = self.relative_bias(qkv, name)
            # Packed queries, keys and values do not go with a bias: take them apart.
            self.count += 1
            parts = [f"{part}_{self.count}" for part in "qkv"]
            self.nodes.append(helper.make_node("Split", [qkv], parts, axis=2))
        caches = [f"past_key.{layer}", f"past_value.{layer}"]
        inputs = [*parts, *caches, "last", "total", *tables, "", bias, ""]
        rounding: dict[str, Any] = {}
        if self.ranges:
            inputs += [self.cache_scales(f"{part}.{layer}") for part in ("key", "value")]
            rounding = {f"{part}_quant_type": "PER_CHANNEL" for part in "kv"}
            rounding["kv_cache_bit_width"] = 8
        mixed = f"{name}.mixed"
        outputs = [mixed, f"present_key.{layer}", f"present_value.{layer}"]
        self.nodes.append(
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
        return self.linear(mixed, f"{name}.out")

    def cache_scales(self, cache: str) -> str:
        """The step of each channel of a layer's 8-bit keys or values: [D]."""
        return self.table(f"{cache}.scales", self.ranges[cache] / 127)

    def rotary_tables(self) -> tuple[str, str]:
        """cos and sin of position times frequency: two of [context, W / 2]."""
        cos, sin = rotary_tables(self.config.context, self.config.head_width)
        return self.table("cos", cos), self.table("sin", sin)

    def relative_bias(self, qkv: str, name: str) -> str:
        """q . E[distance] / sqrt(W) for every new place and all places: [B, H, N, total].

        The same 'skewing' as ``transformer.relative_scores``, for N queries and total keys, of
        pieces that may each be at another place.
        """
        config = self.config
        zero, axis = self.constant([0]), self.constant([2])
        q = self.node("Slice", qkv, zero, self.constant([config.width]), axis)
        q = self.node("Reshape", q, self.constant([0, 0, config.heads, config.head_width]))
        q = self.node("Transpose", q, perm=[0, 2, 1, 3])  # [B, H, N, W]
        rows = self.rows_of_distances()
        distances = self.node("Gather", self.weight(f"{name}.distances"), rows)
        distances = self.node("Unsqueeze", distances, self.constant([1]))  # [B, 1, total, W]
        scores = self.node("MatMul", q, self.node("Transpose", distances, perm=[0, 1, 3, 2]))
        scale = self.constant(1 / math.sqrt(config.head_width), self.scalar)
        scores = self.node("Mul", scores, scale)  # column m is as far from the last as place m
        shape = self.node("Shape", scores)
        padded = self.node("Pad", scores, self.constant([0, 0, 0, 0, 0, 0, 0, 1]))
        flat = self.node("Reshape", padded, self.constant([0, 0, -1]))
        length = self.node("Shape", "offsets", start=1, end=2)
        begin = self.node("Sub", length, self.constant([1]))
        shifted = self.node("Slice", flat, begin, self.constant([-1]), axis)
        return self.node("Reshape", shifted, shape)

    def finish(self) -> onnx.GraphProto:
        """The graph with its inputs and outputs."""
        config = self.config
        value = helper.make_tensor_value_info
        cache: list[str | int] = ["B", config.heads, config.context, config.head_width]
        kept_as = TensorProto.INT8 if self.ranges else self.type
        inputs = [
            value("tokens", TensorProto.INT64, ["B", "S"]),
            value("offsets", TensorProto.FLOAT, ["B", "N"]),
            value("conditions", TensorProto.FLOAT, ["B", "p", len(config.controls)]),
            value("last", TensorProto.INT32, ["B"]),
            value("total", TensorProto.INT32, []),
        ]
        for name in config.features:
            type_ = helper.np_dtype_to_tensor_dtype(np.dtype(INPUTS[name].type))
            inputs.append(value(name, type_, ["B", "S", INPUTS[name].width]))
        outputs = [value("logits", TensorProto.FLOAT, ["B", "S", voc.SIZE])]
        for layer in range(config.layers):
            for part in ("key", "value"):
                inputs.append(value(f"past_{part}.{layer}", kept_as, cache))
                outputs.append(value(f"present_{part}.{layer}", kept_as, cache))
        return helper.make_graph(
            self.nodes, "emsync", inputs, outputs, list(self.initialisers.values())
        )
