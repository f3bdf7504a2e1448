"""How large a network's keys and values become: what an 8-bit cache must be able to hold.

The network is let play, plainly sampled and told nothing, on its way from boundary to boundary;
what its cache then holds shows the range of each channel. No data is needed for it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.arrays import Logits
from engine.model.runtime import Decoder, Network
from engine.music import vocabulary as voc
from engine.music.offsets import BoundaryTracker

PIECES = 4
TOKENS = 512
SPACING = 7.0
"""Seconds from one boundary to the next; every offset up to there occurs."""
MARGIN = 1.1
"""Room for what is larger than all that was seen; beyond it values are clipped."""


def cache_ranges(network: Network, seed: int = 0) -> dict[str, npt.NDArray[np.float32]]:
    """The largest magnitude of each channel, with some room: ``key.<layer>`` [D] and so on."""
    rng = np.random.default_rng(seed)
    decoder = Decoder(network, PIECES)
    trackers = [BoundaryTracker([SPACING * i for i in range(1, 100)]) for _ in range(PIECES)]
    unknown = np.full(len(network.config.controls), np.nan, np.float32)
    begin = np.array([voc.MORE_INSTRUMENTS, voc.BAR])
    offsets = np.array([tracker.offset for tracker in trackers[:1] * 2], np.float32)
    logits = np.stack([decoder.prefill(begin, offsets, unknown, row)[-1] for row in range(PIECES)])
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


def _largest(values: npt.NDArray[np.generic], turning: bool) -> npt.NDArray[np.float32]:
    """The largest magnitude [D] of each channel of [H, places, W].

    turning: a rotary key's two channels of one frequency turn into one another with its place, so
    that both may become as large as they are together. They share a scale, and the 8-bit numbers
    themselves can be turned (:func:`engine.model.rotary.turn_back`).
    """
    sizes = np.abs(values.astype(np.float32))
    if turning:
        sizes = np.tile(np.hypot(*np.split(sizes, 2, axis=-1)), 2)
    return sizes.max(axis=1).ravel()


def _draw(logits: Logits, rng: np.random.Generator) -> list[int]:
    """A token of each row, by the network's own probabilities; Gumbel's way."""
    return np.argmax(logits + rng.gumbel(size=logits.shape), axis=-1).tolist()
