"""Which tokens may come next, whatever the film or the conditions: what any music must keep to.

An OFF ends a note that sounds, an ON strikes one that does not, one BAR and one CHORD come at an
instant, a CHORD is struck and held, silence ends and a needle leaves its groove. The network
mostly says so itself; here it is made sure.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from engine.arrays import Mask
from engine.music import vocabulary as voc
from engine.music.events import ScoreBuilder
from engine.music.vocabulary import Kind, to_steps
from engine.score import CHORDAL, Instrument

CHORD_NOTES = 3
CHORD_HOLD = 1.0, 2.0
"""A CHORD is followed by so many notes of guitar or of piano at once, held for two beats at least:
what the mark means (paper, III-B2). Two beats are half a bar of 4/4, by what bars have lasted of
late, but no less and no more than so many seconds. Holds wherever the network puts a CHORD; it
knows nothing of boundaries."""
LONGEST_REST = 2.0
"""After so many seconds of silence a note must be struck before time moves on."""
MOST_AT_ONCE = 64
"""After so many tokens within one instant time must move on; real songs stay well below."""
LONGEST_REPEAT = 12.0
"""After so many seconds of one pitch alone an instrument must strike another."""

Key = tuple[int, int]
"""(instrument index, pitch) of a note."""

_MOVES_TIME = voc.KIND == Kind.TIMESHIFT


class Grammar:
    """What may be said next in a piece that ``builder`` writes down.

    instruments: who may play.
    """

    def __init__(self, instruments: Collection[Instrument], builder: ScoreBuilder) -> None:
        self._builder = builder
        self.may_play = _of(instruments) & (voc.KIND == Kind.ON)
        """The ONs [V] of those who may play."""
        self._chordal = _of([i for i in CHORDAL if i in instruments])
        self._marks = [voc.BAR, voc.CHORD] if self._chordal.any() else [voc.BAR]
        self._allowed = self.may_play | _MOVES_TIME
        self._allowed[self._marks] = True
        self._at_once = 0
        self._last_sound = 0
        """The last step at which anything sounded."""
        self._just_struck: list[Key] = []
        """At this instant: a note lasts a step."""
        self._alone: dict[int, tuple[int, int]] = {}
        """Instrument index -> the ON of the one pitch it strikes of late, and since which step."""
        self._chord_notes = 0
        """How many notes the chord being struck still lacks."""
        self._chord_part = self._chordal
        self._held: dict[Key, int] = {}
        """Notes of chords -> the step up to which they must sound."""

    @property
    def in_bar(self) -> bool:
        """Whether this instant has its BAR."""
        return not self._allowed[voc.BAR]

    def allowed(self) -> Mask:
        """Which tokens [V] may come next."""
        if self._at_once >= MOST_AT_ONCE:
            return _MOVES_TIME
        if self._chord_notes:
            return self._allowed & self.may_play & self._chord_part
        silence = self._builder.cursor - self._last_sound
        if not self._builder.sounding and silence >= to_steps(LONGEST_REST):
            return self._allowed & self.may_play
        return self._allowed

    def hear(self, token: int, bar: int) -> None:
        """A token was said, and the builder has it; bars last so many steps of late, 0: unknown."""
        kind, _, instrument, pitch = voc.TOKENS[token]
        if self._builder.sounding:
            self._last_sound = self._builder.cursor
        if kind is Kind.TIMESHIFT:
            self._at_once = self._chord_notes = 0
            self._allowed[self._marks] = True
            self._release()
            self._wear_out()
            return
        self._at_once += 1
        if kind is Kind.BAR or kind is Kind.CHORD:
            self._allowed[token] = False
            if kind is Kind.CHORD:
                self._chord_notes, self._chord_part = CHORD_NOTES, self._chordal
        elif kind is Kind.ON:
            self._strike((instrument, pitch), token, bar)
        elif kind is Kind.OFF:
            self.ended((instrument, pitch))

    def ended(self, key: Key) -> None:
        """A note has ended: it may be struck again, and has no OFF to come."""
        self._held.pop(key, None)
        off = voc.note_off(voc.INSTRUMENTS[key[0]], key[1])
        self._allowed[off] = False
        self._allowed[off + 1] = self.may_play[off + 1]
        self._wear_out()

    def _strike(self, key: Key, on: int, bar: int) -> None:
        cursor, instrument = self._builder.cursor, key[0]
        self._allowed[[on - 1, on]] = False
        self._just_struck.append(key)
        before, since = self._alone.get(instrument, (on, cursor))
        if before != on:
            sounds = (instrument, voc.TOKENS[before].pitch) in self._builder.sounding
            self._allowed[before] = self.may_play[before] and not sounds
            since = cursor
        self._alone[instrument] = on, since
        if self._chord_notes:
            self._chord_notes -= 1
            self._chord_part = np.isin(voc.INSTRUMENT, [instrument])
            self._held[key] = cursor + _two_beats(bar)

    def _wear_out(self) -> None:
        """Forbid the pitches that an instrument has struck alone for too long, rests included."""
        for on, since in self._alone.values():
            if self._builder.cursor - since >= to_steps(LONGEST_REPEAT):
                self._allowed[on] = False

    def _release(self) -> None:
        """Allow the OFFs of what was struck before time moved, and of chords held long enough."""
        due = [key for key, until in self._held.items() if self._builder.cursor >= until]
        for key in due:
            del self._held[key]
        for instrument, pitch in (*self._just_struck, *due):
            key = instrument, pitch
            if key in self._builder.sounding and key not in self._held:
                self._allowed[voc.note_off(voc.INSTRUMENTS[instrument], pitch)] = True
        self._just_struck.clear()


def _of(instruments: Collection[Instrument]) -> Mask:
    """The OFFs and ONs [V] of these instruments."""
    return np.isin(voc.INSTRUMENT, [voc.INSTRUMENTS.index(i) for i in instruments])


def _two_beats(bar: int) -> int:
    """How long a chord must sound, in steps."""
    shortest, longest = map(to_steps, CHORD_HOLD)
    return min(max(bar // 2, shortest), longest)
