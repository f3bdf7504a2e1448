"""What has been read, through all features of a network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from engine.music.features import active_notes, bar_position, lookback

Numbers = Sequence[float] | npt.NDArray[np.float32]


class Feature(Protocol):
    """Listens to tokens one at a time."""

    def push(self, token: int) -> None:
        """Take the next token."""

    @property
    def value(self) -> Numbers:
        """What it tells of the last one."""


@dataclass(frozen=True, slots=True)
class Input:
    """A feature as an input of the network: how it begins, how many numbers of which type it tells of
    each token, and whether it remembers what a sliding window forgets."""

    begin: type[Feature]
    width: int
    type: type[np.generic]
    remembers: bool = True


INPUTS: Mapping[str, Input] = {
    "bar_position": Input(bar_position.BarPosition, len(bar_position.ROWS), np.int64),
    "lookback": Input(lookback.Lookback, len(lookback.AGO), np.int64),
    "active_notes": Input(active_notes.ActiveNotes, 2 * active_notes.NOTES, np.float32, False),
}
"""By name: ``features.ALL``."""


class FeatureState:
    """Tokens read one after the other through the features of these names."""

    def __init__(self, names: Iterable[str]) -> None:
        self._features = {name: INPUTS[name].begin() for name in names}
        self.tokens: list[int] = []

    def push(self, token: int) -> None:
        """Take the next token."""
        self.tokens.append(token)
        for feature in self._features.values():
            feature.push(token)

    def slide(self, kept: int) -> None:
        """Forget all but the last so many tokens. Bars are remembered; notes that began before are
        not, for nothing will end them."""
        del self.tokens[: len(self.tokens) - kept]
        for name in self._features:
            if not INPUTS[name].remembers:
                feature = self._features[name] = INPUTS[name].begin()
                for token in self.tokens:
                    feature.push(token)

    @property
    def value(self) -> dict[str, Numbers]:
        """What each feature tells of the last token."""
        return {name: feature.value for name, feature in self._features.items()}


def inputs(told: Sequence[Sequence[Mapping[str, Numbers]]]) -> dict[str, npt.NDArray[np.generic]]:
    """By name [B, S, width]: what the traces of B pieces told of S tokens each."""
    return {
        name: np.array([[each[name] for each in piece] for piece in told], INPUTS[name].type)
        for name in told[0][0]
    }
