"""Draw the next tokens of several pieces at once from the network's logits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Logits
from engine.errors import EmsyncError


@dataclass(frozen=True, slots=True)
class Sampling:
    """How freely to draw, and how strongly the loop steers.

    temperature: above 1 bolder, below 1 safer.
    top_p: draw among the likeliest tokens that together have this probability (nucleus sampling,
        Holtzman et al. 2020).
    min_p: leave out tokens below this share of the likeliest one (Nguyen et al. 2024).
    guidance: how many times as far from the middle an emotion is given to the network
        (:func:`engine.music.conditions.with_guidance`).
    repetition: the bias of what was played bars ago, in nats
        (:mod:`engine.composing.logits.repetition`). At 0 there is none.

    Raises EmsyncError for a value out of range. No other place states these ranges.
    """

    temperature: float = 1.0
    top_p: float = 0.975
    min_p: float = 0.0
    guidance: float = 1.5
    repetition: float = 0.7

    def __post_init__(self) -> None:
        # NaN fails every comparison.
        if not 0.01 <= self.temperature <= 100:
            raise EmsyncError(f"temperature {self.temperature:g}: give 0.01 to 100 (usual: 1)")
        if not 0 < self.top_p <= 1:
            raise EmsyncError(f"top_p {self.top_p:g}: give above 0, and at most 1 (usual: 0.975)")
        if not 0 <= self.min_p < 1:
            raise EmsyncError(f"min_p {self.min_p:g}: give at least 0, and below 1 (usual: 0)")
        if not 0 <= self.guidance <= 10:
            raise EmsyncError(f"guidance {self.guidance:g}: give 0 to 10 (usual: 1.5)")
        if not 0 <= self.repetition <= 5:
            raise EmsyncError(f"repetition {self.repetition:g}: give 0 to 5 (usual: 0.7)")


def choose(
    logits: Logits, samplings: Sequence[Sampling], rngs: Sequence[np.random.Generator]
) -> list[int]:
    """Draw a token for each row of logits [B, V].

    logits: minus infinity for tokens that are not allowed. samplings, rngs: one for each row. Each
    call takes one draw of each generator.
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
    possible = np.flatnonzero(weights)
    order = possible[np.argsort(-weights[possible], kind="stable")]
    cumulative = weights[order].cumsum(dtype=np.float64)
    # The likeliest is always in; the one that crosses top_p is out, as in the paper's code.
    kept = max(1, int(np.searchsorted(cumulative, top_p * cumulative[-1], "right")))
    weights[order[kept:]] = 0
    return weights


def surprise(logits: Logits, tokens: Sequence[int]) -> list[float]:
    """Minus the log of the probability of each row's token, in nll, at temperature 1.

    logits: [B, V], minus infinity for tokens that are not allowed.
    """
    highest = logits.max(axis=1)
    total = np.log(np.exp(logits - highest[:, None]).sum(axis=1))
    return (total + highest - logits[np.arange(len(tokens)), tokens]).tolist()
