"""Choosing the next token from the network's logits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.errors import EmsyncError


@dataclass(frozen=True, slots=True)
class Sampling:
    """How freely to choose.

    temperature: above 1 bolder, below 1 safer. top_p: choose among the likeliest tokens that
    together have this probability (nucleus sampling, Holtzman et al. 2020).
    """

    temperature: float = 1.0
    top_p: float = 1.0

    def __post_init__(self) -> None:
        if not 0.01 <= self.temperature <= 100:
            raise EmsyncError(f"temperature {self.temperature}: give 0.01 to 100 (try 1.0)")
        if not 0 < self.top_p <= 1:
            raise EmsyncError(f"top-p {self.top_p}: must be above 0 and at most 1 (try 1.0)")


def choose(
    logits: npt.NDArray[np.float32],
    allowed: npt.NDArray[np.bool_],
    sampling: Sampling,
    rng: np.random.Generator,
) -> int:
    """Draw a token from logits [V] among those allowed [V]; one draw of ``rng`` a call."""
    candidates = np.flatnonzero(allowed)
    scaled = logits[candidates].astype(np.float64) / sampling.temperature
    weights = np.exp(scaled - scaled.max())
    if sampling.top_p < 1:
        order = np.argsort(-weights, kind="stable")
        cumulative = np.cumsum(weights[order])
        # The likeliest is always in; the one that crosses top_p is out, as in the paper's code.
        kept = int(np.searchsorted(cumulative, sampling.top_p * cumulative[-1], "right"))
        candidates, cumulative = candidates[order[: max(1, kept)]], cumulative[: max(1, kept)]
    else:
        cumulative = np.cumsum(weights)
    drawn = np.searchsorted(cumulative, rng.random() * cumulative[-1], "right")
    return int(candidates[min(int(drawn), len(candidates) - 1)])


def surprise(logits: npt.NDArray[np.float32], allowed: npt.NDArray[np.bool_], token: int) -> float:
    """Minus the log of a token's probability among those allowed, in nats, at temperature 1."""
    candidates = logits[allowed].astype(np.float64)
    highest = candidates.max()
    return float(np.log(np.exp(candidates - highest).sum()) + highest - logits[token])
