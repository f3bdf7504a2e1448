"""Keep every instrument in its usual register.

Pitches beyond the middle nine tenths of what songs give to an instrument become less likely with
every semitone. The network knows the registers, but forced harmony and players would stretch them.
"""

from __future__ import annotations

import numpy as np

from engine.arrays import Logits
from engine.composing.logits.rule import Rule
from engine.composing.state import PieceState
from engine.music import vocabulary as voc
from engine.music.vocabulary import Kind
from engine.score import Instrument

USUAL = {
    Instrument.BASS: (28, 51),
    Instrument.GUITAR: (43, 75),
    Instrument.PIANO: (41, 79),
    Instrument.STRINGS: (50, 84),
}
"""The lowest and highest usual pitch of each instrument."""
SLOPE = 0.7
"""The bias of each semitone beyond them, in nats."""


def _biases() -> Logits:
    bias = np.zeros(voc.SIZE, np.float32)
    for instrument, (low, high) in USUAL.items():
        ons = (voc.KIND == Kind.ON) & (voc.INSTRUMENTS.index(instrument) == voc.INSTRUMENT)
        pitch = voc.PITCH[ons]
        bias[ons] = -SLOPE * np.maximum(0, np.maximum(low - pitch, pitch - high))
    return bias


_BIAS = _biases()


class Registers(Rule):
    """Favours the usual registers."""

    def bias(self, logits: Logits, state: PieceState) -> Logits:
        """Make pitches beyond the usual register less likely."""
        return logits + _BIAS
