"""Begin with a note, and end with a chord that rings.

A piece begins on its first beat. Its last chord is the tonic. Everybody who plays strikes it once,
the lowest note is its root, and nobody begins a note after it. Which notes of the chord are played
stays the network's choice. (Ours.)
"""

from __future__ import annotations

import numpy as np

from engine.arrays import Mask
from engine.composing.logits.rule import Rule, stop_at
from engine.composing.state import PieceState
from engine.music import vocabulary as voc
from engine.music.arrangement import Arrangement
from engine.music.vocabulary import Kind
from engine.score import CHORDAL, Instrument

NOTES = {
    Instrument.DRUMS: 1,
    Instrument.BASS: 1,
    Instrument.STRINGS: 2,
    Instrument.GUITAR: 3,
    Instrument.PIANO: 3,
}
"""How many notes each plays of the last chord, in the order of tokens within an instant."""
BASS_TOP, ROOT_TOP = 44, 60
"""The highest root of the last chord: in the bass, and where nobody plays the bass. The bass has
each root twice up to there, since the grammar may forbid one pitch."""

_ON = voc.KIND == Kind.ON
_SHIFT = voc.KIND == Kind.TIMESHIFT


class BeginningAndEnding(Rule):
    """Keeps to the ending of an arrangement."""

    def __init__(self, arrangement: Arrangement) -> None:
        self._arrangement = arrangement
        self._ending = arrangement.ending
        self._played = dict.fromkeys(NOTES, 0)
        """Notes of the last chord."""
        self._root: int | None = None
        """The lowest pitch of the last chord."""
        self._marked = False

    def update(self, token: int, state: PieceState) -> None:
        """Count the notes of the last chord."""
        if self._ending is None or state.cursor != self._ending.onset:
            return
        kind, _, index, pitch = voc.TOKENS[token]
        if kind is Kind.CHORD:
            self._marked = True
        elif kind is Kind.ON:
            instrument = voc.INSTRUMENTS[index]
            self._played[instrument] += 1
            if self._root is None and instrument is not Instrument.DRUMS:
                self._root = pitch

    def forced_token(self, state: PieceState) -> int | None:
        """Close what sounds before the last chord; after it, let time pass and the chord end."""
        ending, cursor = self._ending, state.cursor
        if ending is None or cursor < ending.onset:
            return None
        if cursor == ending.onset:
            for (index, pitch), (onset, _) in state.active.items():
                if onset < cursor:
                    return voc.note_off(voc.INSTRUMENTS[index], pitch)
            if not state.at_bar and self._arrangement.grid.is_bar(cursor):
                return voc.BAR
            player = self._next_player(cursor)
            if player in CHORDAL and not self._marked:
                return voc.CHORD
            if player is not None:
                return None
        if cursor >= ending.release and state.active:
            index, pitch = next(iter(state.active))
            return voc.note_off(voc.INSTRUMENTS[index], pitch)
        left = ending.release - cursor if cursor < ending.release else voc.MAX_SHIFT
        return voc.shift(min(left, voc.MAX_SHIFT))

    def mask(self, allowed: Mask, state: PieceState) -> Mask:
        """Begin with a note; reach the last chord, and leave only the notes that it needs."""
        ending, cursor = self._ending, state.cursor
        if ending is not None and cursor == ending.onset:
            needed = self._needed(cursor) & allowed
            return needed if needed.any() else allowed
        if ending is not None:
            allowed = stop_at(ending.onset, allowed, state)
        if cursor == 0 and state.notes == 0 and (allowed & _ON).any():
            return allowed & ~_SHIFT
        return allowed

    def _next_player(self, cursor: int) -> Instrument | None:
        """Who has to play the next note of the last chord; None once it is complete."""
        phrase = self._arrangement.phrase_at(cursor)
        players = NOTES.keys() if phrase is None else phrase.players
        missing = (i for i, notes in NOTES.items() if i in players and self._played[i] < notes)
        return next(missing, None)

    def _needed(self, cursor: int) -> Mask:
        """The ONs [V] of which the last chord needs one."""
        player = self._next_player(cursor)
        if player is None:
            return np.zeros(voc.SIZE, np.bool_)
        needed = _ON & (voc.INSTRUMENTS.index(player) == voc.INSTRUMENT)
        chord, pitches = self._arrangement.chord_at(cursor), voc.PITCH
        if player is Instrument.DRUMS or chord is None:
            return needed
        if self._root is None:
            top = BASS_TOP if player is Instrument.BASS else ROOT_TOP
            return needed & (pitches % 12 == chord.lowest) & (pitches <= top)
        of_chord = np.isin(pitches % 12, list(chord.pitch_classes))
        return needed & of_chord & (pitches > self._root)
