"""Keep a piece for many instruments from becoming a solo, and its tracks from staying empty.

An instrument that is silent for long becomes likelier, and more so the longer it lasts. When it
comes in, and with which note, stays the network's choice. Drums wait for the network alone, since
music without them is calm music. But while fewer instruments play than MORE_INSTRUMENTS promised
(three), the bias covers all silent ones and is stronger: a network may forget one for minutes.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from engine.arrays import Logits
from engine.composing.logits.rule import Rule
from engine.composing.state import PieceState
from engine.music import vocabulary as voc
from engine.music.vocabulary import Kind, to_seconds, to_steps
from engine.score import Instrument

SILENT = 8.0
"""Seconds without an onset after which an instrument counts as silent."""
RATE = 0.15
"""The bias that each further second of silence adds, in nats."""
MOST = 2.5
"""The greatest such bias, in nats."""
RATE_OF_FEW = 0.25
"""The bias that each second with too few instruments adds to the silent ones, in nats."""
MOST_OF_FEW = 5.0
"""The greatest such bias, in nats."""

_DRUMS = voc.INSTRUMENTS.index(Instrument.DRUMS)


class InstrumentBalance(Rule):
    """Brings in instruments that are silent for too long.

    instruments: who may play. With fewer than ``vocabulary.MORE_FROM`` the rule does nothing.
    """

    def __init__(self, instruments: Collection[Instrument]) -> None:
        self._ons = {
            index: np.flatnonzero((voc.KIND == Kind.ON) & (index == voc.INSTRUMENT))
            for index in sorted(voc.INSTRUMENTS.index(i) for i in instruments)
        }
        self._last_onset: dict[int, int] = {}
        """Instrument index -> the step of its last onset."""
        self._enough = 0
        """The last step at which enough instruments played."""

    def update(self, token: int, state: PieceState) -> None:
        """Remember who plays."""
        kind, _, instrument, _ = voc.TOKENS[token]
        if kind is Kind.ON:
            self._last_onset[instrument] = state.cursor

    def bias(self, logits: Logits, state: PieceState) -> Logits:
        """Favour the notes of silent instruments."""
        step = state.cursor
        if len(self._ons) < voc.MORE_FROM:
            return logits
        silent = [i for i in self._ons if not self._plays(i, step)]
        few = len(self._ons) - len(silent) < voc.MORE_FROM
        if not few:
            self._enough = step
        if not silent:
            return logits
        logits = logits.copy()
        of_few = min(RATE_OF_FEW * to_seconds(step - self._enough), MOST_OF_FEW)
        for i in silent:
            quiet = to_seconds(step - self._last_onset.get(i, 0)) - SILENT
            of_one = 0.0 if i == _DRUMS else min(max(RATE * quiet, 0.0), MOST)
            logits[self._ons[i]] += np.float32(max(of_few, of_one))
        return logits

    def _plays(self, instrument: int, step: int) -> bool:
        last = self._last_onset.get(instrument)
        return last is not None and step - last < to_steps(SILENT)
