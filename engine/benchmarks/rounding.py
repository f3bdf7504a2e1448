"""The cost of 8-bit arithmetic in likelihood."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from engine.benchmarks.measures import Line, Section
from engine.evaluation.likelihood import token_nll
from engine.model.decoder import Decoder
from engine.model.precision import Precision
from engine.model.runtime import Network
from engine.music.conditions import EMOTION
from engine.training.corpus.token_cache import Cache
from engine.training.dataset import IGNORED, validation_batches

SONGS = 20


def rounding(weights: Path, cache: Cache) -> Section:
    """Compare 8 bits with fp32 on windows of validation songs.

    The figures are the rise of the NLL, and how often both find the same token the likeliest.
    """
    nll, likeliest = zip(
        *(_read(weights, precision, cache) for precision in ("fp32", "int8")), strict=True
    )
    return Section(
        "Rounding to 8 bits (the shipped network)",
        (
            Line(
                "rise of the NLL", 100 * (nll[1] / nll[0] - 1), "%", 0.5, "at most",
                f"{nll[0]:.4f} to {nll[1]:.4f} nats a token, windows of {SONGS} songs",
            ),
            Line("same likeliest token", 100 * float(np.mean(likeliest[0] == likeliest[1])), "%"),
        ),
    )  # fmt: skip


def _read(weights: Path, precision: Precision, cache: Cache) -> tuple[float, np.ndarray]:
    """The NLL in nats a token, and the likeliest token at each position."""
    decoder = Decoder(Network(weights, "cpu", precision=precision))
    nll: list[np.ndarray] = []
    likeliest: list[np.ndarray] = []
    for batch in validation_batches(cache, decoder.config, SONGS, SONGS, EMOTION):
        for row in range(len(batch.tokens)):
            logits = decoder.prefill(batch.tokens[row], batch.offsets[row], batch.conditions[row])
            asked = batch.targets[row] != IGNORED
            nll.append(token_nll(logits, batch.targets[row])[asked])
            likeliest.append(logits.argmax(-1)[asked])
    return float(np.concatenate(nll).mean()), np.concatenate(likeliest)
