"""Ranges of a network's keys and values: what an 8-bit cache must be able to hold.

The network generates music by plain sampling, with unknown conditions and evenly spaced boundaries.
What its cache then holds shows the range of each channel. No data set is needed.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.arrays import Logits
from engine.model.decoder import Decoder
from engine.model.runtime import Network
from engine.music import vocabulary as voc
from engine.music.offsets import BoundaryTracker

PIECES = 4
TOKENS = 512
SPACING = 7.0
"""Seconds from one boundary to the next. Every offset up to this occurs."""
MARGIN = 1.1
"""Range over the largest magnitude seen. Values beyond the range are clipped."""


def cache_ranges(network: Network, seed: int = 0) -> dict[str, npt.NDArray[np.float32]]:
    """The range of each channel: ``key.<layer>`` and ``value.<layer>``, [D] each."""
    rng = np.random.default_rng(seed)
    decoder = Decoder(network, PIECES)
    trackers = [BoundaryTracker([SPACING * i for i in range(1, 100)]) for _ in range(PIECES)]
    unknown = np.full(len(network.config.controls), np.nan, np.float32)
    primer = np.array([voc.MORE_INSTRUMENTS, voc.BAR])
    offsets = np.array([tracker.offset for tracker in trackers[:1] * 2], np.float32)
    logits = np.stack([decoder.prefill(primer, offsets, unknown, row)[-1] for row in range(PIECES)])
    for _ in range(min(TOKENS, decoder.room())):
        tokens = _draw(logits, rng)
        logits = decoder.step(
            tokens, [tracker.push(token) for tracker, token in zip(trackers, tokens, strict=True)]
        )
    pieces = [decoder.cached(row) for row in range(PIECES)]
    rotary = network.config.positions == "rotary"
    return {
        name: MARGIN
        * np.max([_largest(p[name], rotary and name.startswith("key")) for p in pieces], axis=0)
        for name in pieces[0]
    }


def _largest(values: npt.NDArray[np.generic], rotated: bool) -> npt.NDArray[np.float32]:
    """The largest magnitude [D] of each channel of [H, places, W].

    rotated: the values are rotary keys. Rotation mixes the two channels of one frequency, so each
    may become as large as the pair's norm. The pair shares a scale, so that its 8-bit numbers can
    be rotated as they are (:func:`engine.model.rotary.rotate_back`).
    """
    sizes = np.abs(values.astype(np.float32))
    if rotated:
        sizes = np.tile(np.hypot(*np.split(sizes, 2, axis=-1)), 2)
    return sizes.max(axis=1).ravel()


def _draw(logits: Logits, rng: np.random.Generator) -> list[int]:
    """Sample a token for each row of logits [rows, V], by the Gumbel-max trick."""
    return np.argmax(logits + rng.gumbel(size=logits.shape), axis=-1).tolist()
