"""Begin with a note, and end with a chord that rings.

A piece begins on its first beat. The last chord is the tonic: everybody who plays strikes it once,
the bass its root, and nobody begins a note after it. Which notes of the chord are played stays the
network's choice. (Ours.)
"""

from __future__ import annotations

import numpy as np

from engine.arrays import Mask
from engine.composing.logits.rule import Rule
from engine.composing.state import PieceState
from engine.music import vocabulary as voc
from engine.music.arrangement import Arrangement
from engine.music.vocabulary import Kind
from engine.score import CHORDAL, Instrument

STRINGS_NOTES = 2
"""How many notes the strings play of the last chord."""
CHORD_NOTES = 3
"""How many notes guitar or piano play of it."""
BASS_TOP = 43
"""The highest pitch of the bass in the last chord."""

_ON = voc.KIND == Kind.ON
_OFF = voc.KIND == Kind.OFF
_SHIFT = voc.KIND == Kind.TIMESHIFT


def _index(instrument: Instrument) -> int:
    return voc.INSTRUMENTS.index(instrument)


class BeginningAndEnding(Rule):
    """Keeps to the ending of an arrangement."""

    def __init__(self, arrangement: Arrangement) -> None:
        self._arrangement = arrangement
        self._ending = arrangement.ending
        self._played = [0] * len(voc.INSTRUMENTS)
        """Notes of the last chord, by instrument index."""
        self._chordal: int | None = None
        """The instrument that plays the chord."""
        self._marked = False

    def update(self, token: int, state: PieceState) -> None:
        """Count the notes of the last chord."""
        if self._ending is None or state.cursor != self._ending.onset:
            return
        kind, _, instrument, _ = voc.TOKENS[token]
        if kind is Kind.CHORD:
            self._marked = True
        elif kind is Kind.ON:
            self._played[instrument] += 1
            if voc.INSTRUMENTS[instrument] in CHORDAL:
                self._chordal = instrument

    def forced_token(self, state: PieceState) -> int | None:
        """Close what sounds before the last chord; after it, let time pass and the chord end."""
        ending, cursor = self._ending, state.cursor
        if ending is None or cursor < ending.onset:
            return None
        if cursor == ending.onset:
            for (index, pitch), (onset, _) in state.active.items():
                if onset < cursor:
                    return voc.note_off(voc.INSTRUMENTS[index], pitch)
            if not self._complete(state):
                return None
        if cursor >= ending.release and state.active:
            index, pitch = next(iter(state.active))
            return voc.note_off(voc.INSTRUMENTS[index], pitch)
        left = ending.release - cursor if cursor < ending.release else voc.MAX_SHIFT
        return voc.shift(min(left, voc.MAX_SHIFT))

    def mask(self, allowed: Mask, state: PieceState) -> Mask:
        """Begin with a note; leave only the notes that the last chord still needs."""
        if state.cursor == 0 and state.notes == 0:
            begins = allowed & ~_SHIFT
            return begins if (begins & _ON).any() else allowed
        ending = self._ending
        if ending is None or state.cursor != ending.onset:
            return allowed
        if not state.at_bar and self._arrangement.grid.is_bar(ending.onset):
            return allowed
        needed = self._needed(state) & allowed
        return needed if needed.any() else allowed & _SHIFT

    def _needs(self, state: PieceState) -> list[Instrument]:
        """Who still has to play, in the order of tokens within an instant."""
        phrase = self._arrangement.phrase_at(state.cursor)
        players = frozenset(voc.INSTRUMENTS) if phrase is None else phrase.players
        quota = {Instrument.BASS: 1, Instrument.STRINGS: STRINGS_NOTES}
        chordal = [i for i in CHORDAL if i in players]
        needs = [
            i for i, count in quota.items() if i in players and self._played[_index(i)] < count
        ]
        if chordal and sum(self._played[_index(i)] for i in chordal) < CHORD_NOTES:
            needs += chordal if self._chordal is None else [voc.INSTRUMENTS[self._chordal]]
        return needs or (
            [Instrument.DRUMS] if players == {Instrument.DRUMS} and not any(self._played) else []
        )

    def _complete(self, state: PieceState) -> bool:
        at_line = self._arrangement.grid.is_bar(state.cursor)
        return (state.at_bar or not at_line) and not self._needs(state)

    def _needed(self, state: PieceState) -> Mask:
        """The tokens [V] that the last chord still needs."""
        needs = self._needs(state)
        first = needs[0]
        if first in CHORDAL and not self._marked:
            only = np.zeros(voc.SIZE, np.bool_)
            only[voc.CHORD] = True
            return only
        parts = [_index(i) for i in (needs if first in CHORDAL else needs[:1])]
        needed = _ON & np.isin(voc.INSTRUMENT, parts)
        if first is Instrument.DRUMS:
            return needed
        chord = self._arrangement.chord_at(state.cursor)
        if chord is not None:
            classes = chord.pitch_classes if any(self._played) else {chord.lowest}
            needed &= np.isin(voc.PITCH % 12, list(classes))
        if first is Instrument.BASS:
            needed &= voc.PITCH <= BASS_TOP
        return needed
