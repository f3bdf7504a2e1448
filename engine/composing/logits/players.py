"""Everyone who is planned plays, and nobody else.

A network that has not used an instrument for long forgets it. So a planned instrument that is
silent becomes likelier with every beat, most of all on the beats. Which note it plays, and how it
goes on, stays the network's choice. (Ours.)
"""

from __future__ import annotations

import numpy as np

from engine.arrays import Ints, Logits, Mask
from engine.composing.logits.rule import Rule
from engine.composing.state import PieceState
from engine.music import vocabulary as voc
from engine.music.arrangement import Arrangement
from engine.music.vocabulary import Kind
from engine.score import CHORDAL

PATIENCE = 3
"""Beats without an onset that are usual."""
RATE = 1.5
"""The bias that each further beat of silence adds, in nats."""
ENTRY = 4.0
"""The bias of a player who is to enter, on the first beat of the phrase, in nats."""
MOST = 10.0
"""The greatest such bias, in nats."""

_ONS: list[Ints] = [
    np.flatnonzero((voc.KIND == Kind.ON) & (index == voc.INSTRUMENT))
    for index in range(len(voc.INSTRUMENTS))
]
_SILENT = -1


class Players(Rule):
    """Keeps to the players of an arrangement's phrases."""

    def __init__(self, arrangement: Arrangement) -> None:
        self._arrangement = arrangement
        self._last_onset = [_SILENT] * len(voc.INSTRUMENTS)
        """Instrument index -> the step of its last onset."""

    def update(self, token: int, state: PieceState) -> None:
        """Remember who plays."""
        kind, _, instrument, _ = voc.TOKENS[token]
        if kind is Kind.ON:
            self._last_onset[instrument] = state.cursor

    def mask(self, allowed: Mask, state: PieceState) -> Mask:
        """Leave the notes of the present players."""
        phrase = self._arrangement.phrase_at(state.cursor)
        if phrase is None:
            return allowed
        allowed = allowed.copy()
        for index, instrument in enumerate(voc.INSTRUMENTS):
            if instrument not in phrase.players:
                allowed[_ONS[index]] = False
        if phrase.players.isdisjoint(CHORDAL):
            allowed[voc.CHORD] = False
        return allowed

    def bias(self, logits: Logits, state: PieceState) -> Logits:
        """Favour the players that are silent."""
        grid, cursor = self._arrangement.grid, state.cursor
        phrase = self._arrangement.phrase_at(cursor)
        if phrase is None or not grid.is_beat(cursor):
            return logits
        logits = logits.copy()
        for index, instrument in enumerate(voc.INSTRUMENTS):
            if instrument in phrase.players:
                # A player who enters with the phrase is awaited from its first beat on.
                last = self._last_onset[index]
                enters = last < phrase.start - grid.beat * PATIENCE
                since = phrase.start - PATIENCE * grid.beat if enters else last
                late = (cursor - since) / grid.beat - PATIENCE
                if late >= 0:
                    bias = RATE * late + (ENTRY if enters else RATE)
                    logits[_ONS[index]] += np.float32(min(bias, MOST))
        return logits
