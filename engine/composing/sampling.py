"""Choosing the next tokens, of several pieces at once, from the network's logits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Logits
from engine.errors import EmsyncError


@dataclass(frozen=True, slots=True)
class Sampling:
    """How freely to choose.

    temperature: above 1 bolder, below 1 safer. top_p: choose among the likeliest tokens that
    together have this probability (nucleus sampling, Holtzman et al. 2020). min_p: leave out
    what is less likely than this share of the likeliest (Nguyen et al. 2024). guidance: how many
    times what was asked for counts; 1 is the network's own word. How far a step leads counts
    once. repetition: how much likelier what was played bars ago is (:mod:`engine.composing.logits.repetition`);
    0 is the network's own word.
    """

    temperature: float = 1.0
    top_p: float = 0.975
    min_p: float = 0.0
    guidance: float = 1.75
    repetition: float = 0.7

    def __post_init__(self) -> None:
        if not 0.01 <= self.temperature <= 100:
            raise EmsyncError(f"temperature {self.temperature}: give 0.01 to 100 (try 1.0)")
        if not 0 <= self.min_p < 1:
            raise EmsyncError(f"min-p {self.min_p}: must be at least 0 and below 1 (try 0.0)")
        if not 0 <= self.guidance <= 10:
            raise EmsyncError(f"guidance {self.guidance}: give 0 to 10 (try 1.75)")
        if not 0 <= self.repetition <= 5:
            raise EmsyncError(f"repetition {self.repetition}: give 0 to 5 (try 0.7)")
        if not 0 < self.top_p <= 1:
            raise EmsyncError(f"top-p {self.top_p}: must be above 0 and at most 1 (try 0.975)")


def choose(
    logits: Logits, samplings: Sequence[Sampling], rngs: Sequence[np.random.Generator]
) -> list[int]:
    """Draw a token for each row of logits [B, V], minus infinity for what must not be drawn.

    samplings, rngs: of each row; one draw of its ``rng`` a row and call.
    """
    temperatures = np.array([sampling.temperature for sampling in samplings], np.float32)
    scaled = (logits - logits.max(axis=1, keepdims=True)) / temperatures[:, None]
    weights = np.exp(scaled)  # of the likeliest: 1
    weights[weights < np.array([sampling.min_p for sampling in samplings])[:, None]] = 0
    for row, sampling in enumerate(samplings):
        if sampling.top_p < 1:
            weights[row] = _nucleus(weights[row], sampling.top_p)
    cumulative = weights.cumsum(axis=1, dtype=np.float64)
    drawn = np.array([rng.random() for rng in rngs]) * cumulative[:, -1]
    # Rounding up to the sum itself would point beyond the last.
    drawn = np.minimum(drawn, np.nextafter(cumulative[:, -1], 0))
    return (cumulative <= drawn[:, None]).sum(axis=1).tolist()


def _nucleus(weights: Logits, top_p: float) -> Logits:
    """The weights [V] of the likeliest tokens that together have this share; 0 for the rest."""
    order = np.argsort(-weights, kind="stable")
    cumulative = weights[order].cumsum(dtype=np.float64)
    # The likeliest is always in; the one that crosses top_p is out, as in the paper's code.
    kept = max(1, int(np.searchsorted(cumulative, top_p * cumulative[-1], "right")))
    weights[order[kept:]] = 0
    return weights


def surprise(logits: Logits, tokens: Sequence[int]) -> list[float]:
    """Minus the log of the probability of each row's token, in nll, at temperature 1.

    logits: [B, V], minus infinity for what must not be drawn.
    """
    highest = logits.max(axis=1)
    total = np.log(np.exp(logits - highest[:, None]).sum(axis=1))
    return (total + highest - logits[np.arange(len(tokens)), tokens]).tolist()
