"""What has been read, through all senses of a network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from engine.music.senses import clock, echo, sounding

Numbers = Sequence[float] | npt.NDArray[np.float32]


class Sense(Protocol):
    """Listens to tokens one at a time."""

    def push(self, token: int) -> None:
        """Take the next token."""

    @property
    def told(self) -> Numbers:
        """What it tells of the last one."""


@dataclass(frozen=True, slots=True)
class Input:
    """A sense as an input of the network: how it begins, how many numbers of which type it tells of
    each token, and whether it remembers what a sliding window forgets."""

    begin: type[Sense]
    width: int
    type: type[np.generic]
    remembers: bool = True


INPUTS: Mapping[str, Input] = {
    "clock": Input(clock.BarClock, len(clock.ROWS), np.int64),
    "echo": Input(echo.Echo, len(echo.AGO), np.int64),
    "sounding": Input(sounding.Sounding, 2 * sounding.NOTES, np.float32, False),
}
"""By name: ``senses.ALL``."""


class Trace:
    """Tokens read one after the other through the senses of these names."""

    def __init__(self, names: Iterable[str]) -> None:
        self._senses = {name: INPUTS[name].begin() for name in names}
        self.tokens: list[int] = []

    def push(self, token: int) -> None:
        """Take the next token."""
        self.tokens.append(token)
        for sense in self._senses.values():
            sense.push(token)

    def slide(self, kept: int) -> None:
        """Forget all but the last so many tokens. Bars are remembered; notes that began before are
        not, for nothing will end them."""
        del self.tokens[: len(self.tokens) - kept]
        for name in self._senses:
            if not INPUTS[name].remembers:
                sense = self._senses[name] = INPUTS[name].begin()
                for token in self.tokens:
                    sense.push(token)

    @property
    def told(self) -> dict[str, Numbers]:
        """What each sense tells of the last token."""
        return {name: sense.told for name, sense in self._senses.items()}


def inputs(told: Sequence[Sequence[Mapping[str, Numbers]]]) -> dict[str, npt.NDArray[np.generic]]:
    """By name [B, S, width]: what the traces of B pieces told of S tokens each."""
    return {
        name: np.array([[each[name] for each in piece] for piece in told], INPUTS[name].type)
        for name in told[0][0]
    }
