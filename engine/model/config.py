"""Sizes of the network, as data."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Literal, get_args

from engine.errors import EmsyncError
from engine.model.former_names import current_config
from engine.music import conditions, features

Positions = Literal["relative", "rotary"]


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """A transformer over music tokens.

    layers, heads, width, hidden: as usual; width / heads is the width of a head.
    context: the longest sequence, condition slots included.
    positions: "relative" is the paper's network. It has relative global attention, learned
        positions beside the boundary offsets, layer norm after each block, and an untied output.
        "rotary" learns faster at equal compute. It has rotary positions, RMS norm before each
        block, squared ReLU, a tied output, and offsets also as one learned vector a step.
    controls: the conditions at the head of the sequence, one slot each.
    features: the features added to each token's embedding (:mod:`engine.music.features`).

    Raises ValueError for sizes that do not fit together, and for unknown names.
    """

    layers: int = 11
    heads: int = 8
    width: int = 512
    hidden: int = 2048
    context: int = 1216
    dropout: float = 0.1
    positions: Positions = "relative"
    controls: tuple[str, ...] = conditions.EMOTION
    features: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.width % (2 * self.heads):
            raise ValueError(f"width {self.width} does not give {self.heads} heads of even width")
        if self.positions not in get_args(Positions):
            choices = " or ".join(get_args(Positions))
            raise ValueError(f"positions {self.positions!r}: choose {choices}")
        if unknown := set(self.features) - set(features.ALL):
            raise ValueError(f"features {unknown}: choose among {', '.join(features.ALL)}")

    @property
    def head_width(self) -> int:
        """Width of one attention head."""
        return self.width // self.heads

    @property
    def window(self) -> int:
        """The most tokens in one sequence: the context without the condition slots."""
        return self.context - len(self.controls)

    def to_json(self) -> str:
        """The config as JSON, for the metadata of a weights file."""
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(text: str, name: str = "network") -> ModelConfig:
        """Read what :meth:`to_json` wrote; raises EmsyncError, which calls the source ``name``."""
        try:
            values = current_config(json.loads(text))
            lists = {key: tuple(values[key]) for key in ("controls", "features")}
            return ModelConfig(**{**values, **lists})
        except (ValueError, TypeError, KeyError) as error:
            raise EmsyncError(
                f"{name}: a network of another version of EMSYNC; export it again with this one"
            ) from error


PRESETS = {
    "paper": ModelConfig(),
    "full": ModelConfig(positions="rotary", controls=conditions.ALL, features=features.ALL),
    "small": ModelConfig(
        layers=6,
        heads=4,
        width=256,
        hidden=1024,
        context=1024,
        dropout=0.0,
        positions="rotary",
        controls=conditions.ALL,
        features=features.ALL,
    ),
}
"""``paper``: the paper's network, 37,178,355 parameters. ``full``: one of the same size that learns
faster. ``small``: one that a CPU can train."""
