"""All features of the tokens that a network has read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from engine.music.features import active_notes, bar_position, lookback

Numbers = Sequence[float] | npt.NDArray[np.float32]


class Feature(Protocol):
    """A feature of a sequence of tokens, computed token by token."""

    def push(self, token: int) -> None:
        """Process the next token."""

    @property
    def value(self) -> Numbers:
        """The feature of the last token."""


@dataclass(frozen=True, slots=True)
class Input:
    """A feature as an input of the network.

    create: makes the feature at the beginning of a piece. width, type: how many numbers of which
    type it has for each token. persistent: whether it keeps what a sliding window forgets.
    """

    create: type[Feature]
    width: int
    type: type[np.generic]
    persistent: bool = True


INPUTS: Mapping[str, Input] = {
    "bar_position": Input(bar_position.BarPosition, len(bar_position.ROWS), np.int64),
    "lookback": Input(lookback.Lookback, len(lookback.AGO), np.int64),
    "active_notes": Input(active_notes.ActiveNotes, 2 * active_notes.NOTES, np.float32, False),
}
"""The features by name, as in ``features.ALL``."""


class FeatureState:
    """The tokens of a piece and their features of these names."""

    def __init__(self, names: Iterable[str]) -> None:
        self._features = {name: INPUTS[name].create() for name in names}
        self.tokens: list[int] = []

    def push(self, token: int) -> None:
        """Process the next token."""
        self.tokens.append(token)
        for feature in self._features.values():
            feature.push(token)

    def slide(self, kept: int) -> None:
        """Forget all but the last ``kept`` tokens.

        Bars are kept. Active notes that began before are forgotten, because nothing will end them.
        """
        del self.tokens[: len(self.tokens) - kept]
        for name in self._features:
            if not INPUTS[name].persistent:
                feature = self._features[name] = INPUTS[name].create()
                for token in self.tokens:
                    feature.push(token)

    @property
    def value(self) -> dict[str, Numbers]:
        """The features of the last token, by name."""
        return {name: feature.value for name, feature in self._features.items()}


def inputs(rows: Sequence[Sequence[Mapping[str, Numbers]]]) -> dict[str, npt.NDArray[np.generic]]:
    """The network's inputs by name, each [B, S, width]: the features of S tokens of B pieces."""
    return {
        name: np.array([[token[name] for token in row] for row in rows], INPUTS[name].type)
        for name in rows[0][0]
    }
