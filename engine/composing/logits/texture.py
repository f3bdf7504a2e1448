"""Play lines more than blocks.

In songs a guitar or a piano plays 1.3 notes at a time, strings 1.5. A piece that has too few
notes gets more of them most easily by thicker chords, and then nothing leads. So a further note of
the same instrument at the same instant becomes less likely, unless a CHORD was called there. More
instants have notes instead. (Ours.)
"""

from __future__ import annotations

import numpy as np

from engine.arrays import Ints, Logits
from engine.composing.logits.rule import Rule
from engine.composing.state import PieceState
from engine.music import vocabulary as voc
from engine.music.vocabulary import Kind
from engine.score import CHORDAL, Instrument

STRENGTH = {Instrument.GUITAR: 1.5, Instrument.PIANO: 1.5, Instrument.STRINGS: 0.75}
"""The bias against each further note of an instrument at an instant, in nats."""

_ONS: dict[int, Ints] = {
    voc.INSTRUMENTS.index(instrument): np.flatnonzero(
        (voc.KIND == Kind.ON) & (voc.INSTRUMENTS.index(instrument) == voc.INSTRUMENT)
    )
    for instrument in STRENGTH
}
_CHORDAL = frozenset(voc.INSTRUMENTS.index(instrument) for instrument in CHORDAL)


class Texture(Rule):
    """Disfavours notes that thicken what an instrument has just played."""

    def __init__(self) -> None:
        self._instant = 0
        self._played: set[int] = set()
        """The instruments with a note at this instant."""
        self._chord = False
        """Whether a CHORD was called at this instant."""

    def update(self, token: int, state: PieceState) -> None:
        """Remember who has played."""
        kind, _, instrument, _ = voc.TOKENS[token]
        if state.cursor != self._instant:
            self._instant, self._played, self._chord = state.cursor, set(), False
        if kind is Kind.ON and instrument in _ONS:
            self._played.add(instrument)
        self._chord |= kind is Kind.CHORD

    def bias(self, logits: Logits, state: PieceState) -> Logits:
        """Disfavour further notes."""
        thicker = self._played - _CHORDAL if self._chord else self._played
        if not thicker or state.cursor != self._instant:
            return logits
        logits = logits.copy()
        for instrument in thicker:
            logits[_ONS[instrument]] -= np.float32(STRENGTH[voc.INSTRUMENTS[instrument]])
        return logits
