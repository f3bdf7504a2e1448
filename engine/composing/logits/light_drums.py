"""Drums play lightly where the music is calm.

Calm music has drums in some phrases, too. Kick, snare, toms and crash cymbals would break the calm.
So hats, ride and hand percussion take their place: the deeper the calm, the more. How much the
drums play stays as it was. (Ours.)
"""

from __future__ import annotations

import numpy as np

from engine.arrays import Ints, Logits
from engine.composing.logits.rule import Rule
from engine.composing.state import PieceState
from engine.music import vocabulary as voc
from engine.music.vocabulary import Kind
from engine.score import Instrument

LOUD = frozenset({35, 36, 38, 40, 41, 43, 45, 47, 48, 49, 50, 52, 55, 57})
"""General MIDI's kicks, snares, toms, crash, splash and Chinese cymbals."""
CALM = -0.2
"""The arousal below which drums are light."""
STRENGTH = 8.0
"""The bias against each loud part of the kit at an arousal of -1 below :data:`CALM`, in nats."""

_ONS: Ints = np.flatnonzero(
    (voc.KIND == Kind.ON) & (voc.INSTRUMENTS.index(Instrument.DRUMS) == voc.INSTRUMENT)
)
_IS_LOUD = np.isin(voc.PITCH[_ONS], list(LOUD))


class LightDrums(Rule):
    """Disfavours the loud parts of the kit in calm music."""

    def bias(self, logits: Logits, state: PieceState) -> Logits:
        """Give the probability of loud drums to light ones."""
        calm = CALM - state.conditions.arousal
        before = np.logaddexp.reduce(logits[_ONS])
        # NaN fails the comparison.
        if not calm > 0 or not np.isfinite(before):
            return logits
        logits = logits.copy()
        logits[_ONS[_IS_LOUD]] -= np.float32(STRENGTH * calm)
        logits[_ONS] += before - np.logaddexp.reduce(logits[_ONS])
        return logits
