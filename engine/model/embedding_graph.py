"""The network's embedding in ONNX: from tokens, features, offsets and conditions to vectors.

The twin of what comes before the blocks in :class:`engine.model.transformer.Transformer`. Shapes as
in :mod:`engine.model.export`, with D the width of the network.
"""

from __future__ import annotations

import math

import numpy as np
import onnx
from onnx import TensorProto, helper

from engine.model.config import ModelConfig
from engine.model.graph import Graph
from engine.music import vocabulary as voc
from engine.music.conditions import CATEGORIES
from engine.music.offsets import MAX_OFFSET


class EmbeddingGraph:
    """Adds the embedding to a graph."""

    def __init__(self, graph: Graph, config: ModelConfig) -> None:
        self.graph = graph
        self.config = config

    def build(self) -> str:
        """The input of the first block: [B, N, D]."""
        graph, config = self.graph, self.config
        slots = self.slots()
        embedded = graph.node("Gather", graph.weight("embedding.weight"), "tokens")
        if config.features:
            embedded = graph.node("Sum", embedded, *self.feature_vectors())
        scale = graph.constant(math.sqrt(config.width), graph.scalar)
        x = graph.node("Concat", slots, graph.node("Mul", embedded, scale), axis=1)
        return graph.node("Add", x, self.place_vectors())

    def slots(self) -> str:
        """The conditions as vectors [B, p * C, D]; computed in a prefill only."""
        graph = self.graph
        outside, graph.nodes = graph.nodes, []
        each = [self.slot(i, name) for i, name in enumerate(self.config.controls)]
        computed = self.branch("slots", graph.node("Concat", *each, axis=1))
        graph.nodes = []
        pieces = graph.node("Shape", "tokens", start=0, end=1)
        shape = graph.node("Concat", pieces, graph.constant([0, self.config.width]), axis=0)
        empty = graph.node("Expand", graph.constant(0, graph.scalar), shape)
        none = self.branch("no_slots", empty)
        graph.nodes = outside
        prefill = graph.node("Cast", graph.node("Shape", "conditions", start=1, end=2), to=9)
        return graph.node("If", prefill, then_branch=computed, else_branch=none)

    def branch(self, name: str, result: str) -> onnx.GraphProto:
        """The present nodes as a graph of its own with one result [B, p * C, D]."""
        shape: list[str | int | None] = ["B", "slots", self.config.width]
        value = helper.make_tensor_value_info(result, self.graph.type, shape)
        return helper.make_graph(self.graph.nodes, name, [], [value])

    def slot(self, index: int, name: str) -> str:
        """One condition as a vector [B, p, D]; NaN has a learned vector."""
        graph = self.graph
        column = graph.node("Gather", "conditions", graph.constant([index]), axis=2)  # [B, p, 1]
        unknown = graph.node("IsNaN", column)
        if name in CATEGORIES:
            last = graph.constant(CATEGORIES[name], np.float32)
            index_of = graph.node("Where", unknown, last, column)
            indices = graph.node("Cast", index_of, to=TensorProto.INT64)
            rows = graph.node("Gather", graph.weight(f"slots.{index}.table.weight"), indices)
            return graph.node("Squeeze", rows, graph.constant([2]))
        zero = graph.constant(0, np.float32)
        number = graph.cast(graph.node("Where", unknown, zero, column))
        known = graph.feed_forward(number, f"slots.{index}.ffn")
        return graph.node("Where", unknown, graph.weight(f"slots.{index}.unknown"), known)

    def place_vectors(self) -> str:
        """The position of each place and its time to the next boundary, as vectors [B, N, D]."""
        graph, config = self.graph, self.config
        longest = graph.constant(MAX_OFFSET, np.float32)
        near = graph.node("Sub", longest, graph.node("Min", "offsets", longest))
        near = graph.cast(graph.node("Unsqueeze", near, graph.constant([2])))
        encoded = graph.feed_forward(near, "offsets")
        if config.positions == "relative":
            rows = graph.node("Gather", graph.weight("positions"), self.places())  # [B, N, D / 2]
            return graph.node("Concat", encoded, rows, axis=2)
        steps = graph.node("Mul", "offsets", graph.constant(1000 / voc.STEP_MS, np.float32))
        furthest = graph.constant(graph.tensors["near.weight"].shape[0] - 1, np.float32)
        rounded = graph.node("Min", graph.node("Round", steps), furthest)
        indices = graph.node("Cast", rounded, to=TensorProto.INT64)
        fine = graph.node("Gather", graph.weight("near.weight"), indices)
        scale = graph.constant(math.sqrt(config.width), graph.scalar)
        return graph.node("Add", encoded, graph.node("Mul", fine, scale))

    def places(self) -> str:
        """The index of each new place: [B, N]."""
        graph = self.graph
        length = graph.node("Shape", "offsets", start=1, end=2)
        last, one = graph.last_places(), graph.constant([1])
        first = graph.node("Sub", last, graph.node("Sub", length, one))
        return graph.node("Add", first, graph.count_to(graph.node("Squeeze", length)))

    def feature_vectors(self) -> list[str]:
        """What each feature adds to the tokens' embeddings: [B, S, D] each."""
        each = {
            "bar_position": self.bar_position,
            "lookback": self.lookback,
            "active_notes": self.active_notes,
        }
        return [each[name](f"features.{i}") for i, name in enumerate(self.config.features)]

    def bar_position(self, name: str) -> str:
        """:class:`engine.model.features.BarPosition`."""
        graph = self.graph
        vectors = []
        for column, table in enumerate(("since", "part")):
            rows = graph.node("Gather", "bar_position", graph.constant(column), axis=2)
            vectors.append(graph.node("Gather", graph.weight(f"{name}.{table}.weight"), rows))
        return graph.node("Add", *vectors)

    def lookback(self, name: str) -> str:
        """:class:`engine.model.features.Lookback`."""
        graph = self.graph
        # [B, S, number of lookbacks, D]
        earlier = graph.node("Gather", graph.weight("embedding.weight"), "lookback")
        joined = graph.node("Reshape", earlier, graph.constant([0, 0, -1]))
        return graph.linear(joined, f"{name}.mix")

    def active_notes(self, name: str) -> str:
        """:class:`engine.model.features.ActiveNotes`."""
        return self.graph.linear(self.graph.cast("active_notes"), f"{name}.mix")
