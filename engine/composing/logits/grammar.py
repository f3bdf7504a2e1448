"""Which tokens may come next in any music, whatever the film or the user asks.

An OFF ends an active note, and an ON begins one that is not active. An instant has at most one BAR
and one CHORD. A CHORD is played at once and held. Silence ends, and no instrument repeats a single
pitch for ever. The network mostly keeps to this by itself; this rule makes sure.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from engine.arrays import Mask
from engine.composing.logits.rule import Rule
from engine.composing.state import Key, PieceState
from engine.music import vocabulary as voc
from engine.music.vocabulary import Kind, to_steps
from engine.score import CHORDAL, Instrument

CHORD_NOTES = 3
"""How many notes of guitar or of piano follow a CHORD at once."""
CHORD_HOLD = 1.0, 2.0
"""The least and the most seconds that the notes of a CHORD are held.

The mark means two beats at least (paper, III-B2): half a bar of 4/4, by the length of the last
bars. This holds wherever the network puts a CHORD. The rule knows nothing of boundaries."""
LONGEST_REST = 2.0
"""Seconds of silence after which a note must begin before time moves on."""
MOST_AT_ONCE = 64
"""Tokens within one instant after which time must move on. Real songs stay well below."""
LONGEST_REPEAT = 12.0
"""Seconds of one pitch alone after which an instrument must play another."""

_MOVES_TIME = voc.KIND == Kind.TIMESHIFT


class Grammar(Rule):
    """Allows what any music may say next.

    instruments: who may play.
    """

    def __init__(self, instruments: Collection[Instrument]) -> None:
        self._may_play = _of(instruments) & (voc.KIND == Kind.ON)
        """The ONs [V] of those who may play."""
        self._chordal = _of([i for i in CHORDAL if i in instruments])
        self._marks = [voc.BAR, voc.CHORD] if self._chordal.any() else [voc.BAR]
        self._allowed = self._may_play | _MOVES_TIME
        self._allowed[self._marks] = True
        self._at_once = 0
        """Tokens at the present instant."""
        self._last_sound = 0
        """The last step with an active note."""
        self._begun: list[Key] = []
        """Notes that began at the present instant; they last a step at least."""
        self._alone: dict[int, tuple[int, int]] = {}
        """Instrument index -> the ON of the only pitch it plays of late, and the step of the
        first."""
        self._chord_notes = 0
        """How many notes the present CHORD still lacks."""
        self._chord_part = self._chordal
        self._held: dict[Key, int] = {}
        """Notes of CHORDs -> the step up to which they must be active."""

    def mask(self, allowed: Mask, state: PieceState) -> Mask:
        """Leave what the grammar allows."""
        return allowed & self._now(state)

    def _now(self, state: PieceState) -> Mask:
        if self._at_once >= MOST_AT_ONCE:
            return _MOVES_TIME
        if self._chord_notes:
            return self._allowed & self._may_play & self._chord_part
        silence = state.cursor - self._last_sound
        if not state.active and silence >= to_steps(LONGEST_REST):
            return self._allowed & self._may_play
        return self._allowed

    def update(self, token: int, state: PieceState) -> None:
        """Follow the piece by a token."""
        kind, _, instrument, pitch = voc.TOKENS[token]
        if state.active:
            self._last_sound = state.cursor
        if kind is Kind.TIMESHIFT:
            self._at_once = self._chord_notes = 0
            self._allowed[self._marks] = True
            self._release(state)
            self._forbid_repeats(state)
            return
        self._at_once += 1
        if kind is Kind.BAR or kind is Kind.CHORD:
            self._allowed[token] = False
            if kind is Kind.CHORD:
                self._chord_notes, self._chord_part = CHORD_NOTES, self._chordal
        elif kind is Kind.ON:
            self._begin((instrument, pitch), token, state)
        elif kind is Kind.OFF:
            self.note_closed((instrument, pitch), state)

    def note_closed(self, key: Key, state: PieceState) -> None:
        """The pitch may begin again, and has no OFF to come."""
        self._held.pop(key, None)
        off = voc.note_off(voc.INSTRUMENTS[key[0]], key[1])
        self._allowed[off] = False
        self._allowed[off + 1] = self._may_play[off + 1]
        self._forbid_repeats(state)

    def _begin(self, key: Key, on: int, state: PieceState) -> None:
        cursor, instrument = state.cursor, key[0]
        self._allowed[[on - 1, on]] = False
        self._begun.append(key)
        before, since = self._alone.get(instrument, (on, cursor))
        if before != on:
            active = (instrument, voc.TOKENS[before].pitch) in state.active
            self._allowed[before] = self._may_play[before] and not active
            since = cursor
        self._alone[instrument] = on, since
        if self._chord_notes:
            self._chord_notes -= 1
            self._chord_part = np.isin(voc.INSTRUMENT, [instrument])
            self._held[key] = cursor + _two_beats(state.bar)

    def _forbid_repeats(self, state: PieceState) -> None:
        """Forbid pitches that an instrument has played alone for too long, rests included."""
        for on, since in self._alone.values():
            if state.cursor - since >= to_steps(LONGEST_REPEAT):
                self._allowed[on] = False

    def _release(self, state: PieceState) -> None:
        """Allow the OFFs of notes from before the time shift, and of CHORDs held long enough."""
        due = [key for key, until in self._held.items() if state.cursor >= until]
        for key in due:
            del self._held[key]
        for key in (*self._begun, *due):
            if key in state.active and key not in self._held:
                self._allowed[voc.note_off(voc.INSTRUMENTS[key[0]], key[1])] = True
        self._begun.clear()


def _of(instruments: Collection[Instrument]) -> Mask:
    """The OFFs and ONs [V] of these instruments."""
    return np.isin(voc.INSTRUMENT, [voc.INSTRUMENTS.index(i) for i in instruments])


def _two_beats(bar: int) -> int:
    """How long a CHORD must be held, in steps. bar: the length of a bar in steps, 0 if unknown."""
    shortest, longest = map(to_steps, CHORD_HOLD)
    return min(max(bar // 2, shortest), longest)
