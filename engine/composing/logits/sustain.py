"""Let strings sustain.

Strings under a film mostly hold their notes. The network learnt from songs, whose strings often
repeat short ones. So the end of a strings' note becomes less likely until the note has lasted a
while, the longer the calmer the music is. (Ours.)
"""

from __future__ import annotations

import math

import numpy as np

from engine.arrays import Logits
from engine.composing.logits.rule import Rule
from engine.composing.state import PieceState
from engine.music import vocabulary as voc
from engine.music.arrangement import Arrangement
from engine.score import Instrument

CALM, EXCITED = 1.0, 0.25
"""How many beats a note is to last at an arousal of -1, and of 1."""
STRENGTH = 1.3
"""The bias against an earlier end, in nats."""

_STRINGS = voc.INSTRUMENTS.index(Instrument.STRINGS)


class Sustain(Rule):
    """Makes early ends of strings' notes less likely."""

    def __init__(self, arrangement: Arrangement) -> None:
        self._beat = arrangement.grid.beat

    def bias(self, logits: Logits, state: PieceState) -> Logits:
        """Disfavour the OFFs of strings' notes that began a short while ago."""
        arousal = state.conditions.arousal
        level = 0.0 if math.isnan(arousal) else arousal
        beats = CALM + (EXCITED - CALM) * (level + 1) / 2
        young = [
            voc.note_off(Instrument.STRINGS, pitch)
            for (instrument, pitch), (onset, _) in state.active.items()
            if instrument == _STRINGS and state.cursor - onset < beats * self._beat
        ]
        if not young:
            return logits
        logits = logits.copy()
        logits[young] -= np.float32(STRENGTH)
        return logits
