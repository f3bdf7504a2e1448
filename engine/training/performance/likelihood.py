"""How well the network predicts how songs are played."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.arrays import Floats, Ints
from engine.metrics.statistics import mean
from engine.music.vocabulary import INSTRUMENTS
from engine.performance import features, style
from engine.performance.bins import BINS
from engine.performance.network import VelocityNetwork
from engine.training.performance.dataset import Rows, with_style

_AT_ONCE = 65_536


def figures(network: VelocityNetwork, rows: Rows) -> dict[str, Any]:
    """Nats a note, where levels and ranges are unknown to the network, and known.

    ``parts``: of each instrument, unknown. ``right``: the share of notes whose likeliest bin is
    right. ``histogram``: nats a note of each part's own histogram of bins, for comparison.
    """
    nats, right = likelihood(network, rows)
    known, _ = likelihood(network, rows, known=True)
    return {
        "songs": len(np.unique(rows.song)),
        "notes": len(rows),
        "nats": mean(nats),
        "right": mean(right),
        "parts": {
            instrument.value: mean(nats[rows.part == part])
            for part, instrument in enumerate(INSTRUMENTS)
        },
        "nats_with_level_and_range": mean(known),
        "histogram": mean(of_histogram(rows)),
    }


def likelihood(network: VelocityNetwork, rows: Rows, known: bool = False) -> tuple[Floats, Floats]:
    """The negative log likelihood of each note's bin in nats, and whether the likeliest is right.

    known: whether the network receives the level and range of each part. Both are [n].
    """
    nats, right = [], []
    for first in range(0, len(rows), _AT_ONCE):
        some = slice(first, first + _AT_ONCE)
        hidden = np.full(len(rows.part[some]), style.UNKNOWN)
        level, spread = (rows.level[some], rows.spread[some]) if known else (hidden, hidden)
        asked = style.features(rows.part[some], level, spread)
        inputs = with_style(rows.features[some].astype(np.int64), asked)
        summed = sum(network.table[column] for column in inputs.T)
        second = np.maximum(np.maximum(summed, 0) @ network.inner + network.inner_bias, 0)
        logits = second @ network.outer + network.outer_bias
        logits -= logits.max(axis=1, keepdims=True)
        target = rows.target[some]
        own = logits[np.arange(len(target)), target]
        nats.append(np.log(np.exp(logits).sum(axis=1)) - own)
        right.append(logits.argmax(axis=1) == target)
    return np.concatenate(nats).astype(np.float64), np.concatenate(right).astype(np.float64)


def of_histogram(rows: Rows) -> Floats:
    """The negative log likelihood of each note under the histogram of its own part, in nats [n]."""
    _, part = np.unique(rows.song * features.PARTS + rows.part, return_inverse=True)
    counts: Ints = np.bincount(part * BINS + rows.target, minlength=(part.max() + 1) * BINS)
    counts = counts.reshape(-1, BINS)
    return -np.log(counts[part, rows.target] / counts.sum(axis=1)[part])
