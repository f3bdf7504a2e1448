"""How well the network expects what follows new music, note for note."""

from __future__ import annotations

import math
from collections.abc import Sequence

from engine.arrays import Logits
from engine.composing.sampling import surprise
from engine.music import vocabulary as voc
from engine.music.vocabulary import Kind, to_steps


class Seams:
    """Measures the likelihood of stretches of a piece while it is composed.

    spans: start and end of each in seconds. Ends of notes do not count: those of new music end
    where given music begins, whatever the network thinks.
    """

    def __init__(self, spans: Sequence[tuple[float, float]]) -> None:
        self._steps = [(to_steps(start), to_steps(end)) for start, end in spans]
        self._sum = 0.0
        self._notes = 0

    def hold(self, step: int) -> bool:
        """Whether a step lies in a stretch."""
        return any(start <= step < end for start, end in self._steps)

    def passed(self, step: int) -> bool:
        """Whether all stretches lie before a step."""
        return all(end <= step for _, end in self._steps)

    def measure(self, step: int, token: int, logits: Logits) -> None:
        """Take the token that comes at a step, and the logits [V] that the network gave."""
        kind = voc.TOKENS[token].kind
        if kind is Kind.OFF or not self.hold(step):
            return
        self._sum += surprise(logits[None], [token])[0]
        self._notes += kind is Kind.ON

    @property
    def nll(self) -> float:
        """The negative log likelihood in nats a note; NaN without notes."""
        return self._sum / self._notes if self._notes else math.nan
