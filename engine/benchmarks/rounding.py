"""What arithmetic of 8 bits costs in likelihood."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from engine.benchmarks.measures import Line, Section
from engine.evaluation.likelihood import token_nll
from engine.model.precision import Precision
from engine.model.runtime import Decoder, Network
from engine.music.conditions import EMOTION
from engine.training.corpus.token_cache import Cache
from engine.training.dataset import IGNORED, validation_batches

SONGS = 20


def rounding(weights: Path, cache: Cache) -> Section:
    """The NLL over windows of validation songs in 8 bits against fp32, and how often both would
    choose the same token."""
    nll, likeliest = zip(
        *(_read(weights, precision, cache) for precision in ("fp32", "int8")), strict=True
    )
    return Section(
        "Rounding to 8 bits (the shipped network)",
        (
            Line(
                "rise of the NLL", 100 * (nll[1] / nll[0] - 1), "%", 0.5, "at most",
                f"{nll[0]:.4f} to {nll[1]:.4f} nll a token, windows of {SONGS} songs",
            ),
            Line("same likeliest token", 100 * float(np.mean(likeliest[0] == likeliest[1])), "%"),
        ),
    )  # fmt: skip


def _read(weights: Path, precision: Precision, cache: Cache) -> tuple[float, np.ndarray]:
    """Nats a token, and the likeliest token at every place."""
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
