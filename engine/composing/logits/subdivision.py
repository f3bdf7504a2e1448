"""Calm music moves in eighths and quarters, excited music in sixteenths.

A calm piece has few notes. Left alone, the network plays them as bursts of short ones, as its songs
do. So the places between the eighths become less likely in calm music, and a little likelier in
excited music. (Ours.)
"""

from __future__ import annotations

import numpy as np

from engine.arrays import Logits
from engine.composing.logits.rule import Rule
from engine.composing.state import PieceState
from engine.music import vocabulary as voc
from engine.music.arrangement import Arrangement

CALM = 3.0
"""The bias against places between the eighths at an arousal of -1, in nats; in proportion above."""
EXCITED = 0.5
"""The bias towards it at an arousal of 1, in nats; in proportion below."""


class Subdivision(Rule):
    """Weighs the places between the eighths of an arrangement's beats."""

    def __init__(self, arrangement: Arrangement) -> None:
        self._grid = arrangement.grid
        # Triplets and swing have no such places.
        self._has_sixteenths = len(self._grid.biases) % 2 == 0

    def bias(self, logits: Logits, state: PieceState) -> Logits:
        """Weigh the time shifts that lead between the eighths."""
        arousal = state.conditions.arousal
        # NaN fails both comparisons.
        strength = CALM * arousal if arousal < 0 else EXCITED * arousal if arousal > 0 else 0.0
        if not strength or not self._has_sixteenths:
            return logits
        ends = state.cursor + np.arange(1, voc.MAX_SHIFT + 1)
        between = ends // self._grid.part % 2 == 1
        logits = logits.copy()
        logits[voc.SHIFTS] += np.float32(strength) * between
        return logits
