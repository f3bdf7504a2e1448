"""Keep every instrument in its usual register, or in the lower or higher part of it.

Pitches beyond the middle nine tenths of what songs give to an instrument become less likely with
every semitone. The network knows the registers, but forced harmony and players would stretch them.
A phrase with a low or a high register makes each semitone down, or up, a little likelier. How much
an instrument plays stays as it was. (Ours.)
"""

from __future__ import annotations

from functools import cache

import numpy as np

from engine.arrays import Ints, Logits
from engine.composing.logits.rule import Rule
from engine.composing.state import PieceState
from engine.music import vocabulary as voc
from engine.music.arrangement import Arrangement
from engine.music.vocabulary import Kind
from engine.score import Instrument

USUAL = {
    Instrument.BASS: (28, 51),
    Instrument.GUITAR: (43, 75),
    Instrument.PIANO: (41, 79),
    Instrument.STRINGS: (50, 84),
}
"""The lowest and highest usual pitch of each instrument."""
SLOPE = 0.5
"""The bias of each semitone beyond them, in nats."""
TILT = 0.1
"""The bias of each semitone towards the register of a phrase, in nats. The bass stays where it is.
A bias that rises evenly moves pitches without narrowing their range."""

_ONS: dict[Instrument, Ints] = {
    instrument: np.flatnonzero(
        (voc.KIND == Kind.ON) & (voc.INSTRUMENTS.index(instrument) == voc.INSTRUMENT)
    )
    for instrument in USUAL
}


@cache
def _bias() -> Logits:
    """The bias of each token [V] against unusual pitches."""
    bias = np.zeros(voc.SIZE, np.float32)
    for instrument, (low, high) in USUAL.items():
        pitch = voc.PITCH[_ONS[instrument]]
        bias[_ONS[instrument]] = -SLOPE * np.maximum(0, np.maximum(low - pitch, pitch - high))
    return bias


class Registers(Rule):
    """Favours the usual registers, and those of an arrangement's phrases."""

    def __init__(self, arrangement: Arrangement) -> None:
        self._arrangement = arrangement

    def bias(self, logits: Logits, state: PieceState) -> Logits:
        """Make pitches beyond the usual register, and away from the phrase's, less likely."""
        biased = logits + _bias()
        phrase = self._arrangement.phrase_at(state.cursor)
        if phrase is None or not phrase.register:
            return biased
        for instrument, ons in _ONS.items():
            before = np.logaddexp.reduce(biased[ons])
            if instrument is not Instrument.BASS and np.isfinite(before):
                middle = sum(USUAL[instrument]) / 2
                tilted = biased[ons] + np.float32(TILT * phrase.register) * (
                    voc.PITCH[ons] - np.float32(middle)
                )
                biased[ons] = tilted + (before - np.logaddexp.reduce(tilted))
        return biased
