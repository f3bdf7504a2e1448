"""Export of the network as ONNX graphs with a key-value cache.

One graph serves both prefill and single steps. A prefill reads the condition slots and many tokens
into an empty cache; a step reads one token. Several pieces are read at once, each at its own place.

The graphs differ in their arithmetic:

    fp32: equals PyTorch's, to 1e-4
    int8: the large products in 8 bits, with a scale for each block of 128 weights. The cache is in
        8 bits, with a scale for each channel. All between is in fp32. A step on a CPU takes the
        time to stream its bytes, and these are a quarter of fp32's.
    fp16: half precision throughout, for GPUs

Shapes: B pieces, S tokens, C condition slots, H heads of width W, V size of the vocabulary. p is 1
for a prefill and 0 for a step, so there are N = p * C + S places. The inputs:

    tokens [B, S] int64
    offsets [B, N] fp32: in seconds, the slots' too
    conditions [B, p, C] fp32
    last [B] int32: the index of each piece's last place
    total [] int32: the largest number of places of a piece
    bar_position [B, S, 2] int64, lookback [B, S, 3] int64, active_notes [B, S, 880] fp32: those
        that the network has of the features (:mod:`engine.music.features`)
    past_key.<i>, past_value.<i> [B, H, context, W]

The outputs are ``logits`` [B, S, V] in fp32, present_key.<i> and present_value.<i>. The latter are
meant to be bound to the same buffers as the past ones: the cache never moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper

from engine.files import replacing
from engine.model.blocks_graph import BlocksGraph
from engine.model.calibration import cache_ranges
from engine.model.config import ModelConfig
from engine.model.embedding_graph import EmbeddingGraph
from engine.model.graph import Graph
from engine.model.precision import GRAPH_VERSION, PRECISIONS, Precision, graph_path
from engine.model.runtime import Network
from engine.model.weights import read_weights
from engine.music import vocabulary as voc
from engine.music.features.state import INPUTS

OPSETS = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]


def export_onnx(weights: Path, precisions: Iterable[Precision] = PRECISIONS) -> list[Path]:
    """Write the graphs beside a weights file, under the same name; returns their paths."""
    config, _ = read_weights(weights)
    paths = []
    for precision in sorted(precisions, key=PRECISIONS.index):
        # The scales of the 8-bit cache come from running the fp32 network, exported before.
        ranges = (
            cache_ranges(Network(weights, "cpu", precision="fp32")) if precision == "int8" else {}
        )
        graph = _network_graph(config, weights, precision, ranges)
        model = helper.make_model(graph, opset_imports=OPSETS, ir_version=10)
        model.metadata_props.add(key="config", value=config.to_json())
        model.metadata_props.add(key="version", value=GRAPH_VERSION)
        paths.append(graph_path(weights, precision))
        with replacing(paths[-1]) as beside:
            onnx.save(model, beside)
    return paths


def _network_graph(
    config: ModelConfig,
    weights: Path,
    precision: Precision,
    ranges: Mapping[str, npt.NDArray[np.float32]],
) -> onnx.GraphProto:
    """The whole network, from the inputs to ``logits``."""
    graph = Graph(weights, precision)
    x = EmbeddingGraph(graph, config).build()
    x = BlocksGraph(graph, config, ranges).build(x)
    # The condition slots come first. Only the tokens' places have logits.
    length = graph.node("Neg", graph.node("Shape", "tokens", start=1, end=2))
    end, axis = graph.constant([np.iinfo(np.int64).max]), graph.constant([1])
    x = graph.node("Slice", x, length, end, axis)
    relative = config.positions == "relative"
    logits = graph.linear(x, "output") if relative else graph.product(x, "embedding.weight")
    graph.nodes.append(helper.make_node("Cast", [logits], ["logits"], to=TensorProto.FLOAT))
    inputs, outputs = _inputs_and_outputs(config, TensorProto.INT8 if ranges else graph.type)
    constants = list(graph.initialisers.values())
    return helper.make_graph(graph.nodes, "emsync", inputs, outputs, constants)


def _inputs_and_outputs(
    config: ModelConfig, cache_type: int
) -> tuple[list[onnx.ValueInfoProto], list[onnx.ValueInfoProto]]:
    """The graph's interface, as the module says. cache_type: that of the keys and values."""
    value = helper.make_tensor_value_info
    cache: list[str | int] = ["B", config.heads, config.context, config.head_width]
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
            inputs.append(value(f"past_{part}.{layer}", cache_type, cache))
            outputs.append(value(f"present_{part}.{layer}", cache_type, cache))
    return inputs, outputs
