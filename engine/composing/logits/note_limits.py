"""End notes before they drone, and before notes without a CHORD become a long chord.

A CHORD marks a long chord of guitar or piano, and songs have no long chord without its mark
(:mod:`engine.music.chords`). A network that repeats what it played may play one without its mark.
At most two notes of such a chord last two beats, so that a long chord still means a boundary. The
rule does not know where a boundary is. (Ours.)
"""

from __future__ import annotations

import math

from engine.composing.logits.rule import Rule
from engine.composing.state import Key, PieceState
from engine.music import vocabulary as voc
from engine.music.chords import GRACE, MIN_BEATS, MIN_PITCHES
from engine.music.conditions import METRES, Conditions
from engine.music.vocabulary import Kind, to_steps
from engine.score import CHORDAL, Instrument

LONGEST = {
    Instrument.BASS: 3.0,
    Instrument.DRUMS: 0.5,
    Instrument.GUITAR: 4.0,
    Instrument.PIANO: 4.0,
    Instrument.STRINGS: 6.0,
}
"""The longest note of each instrument in seconds. A forgotten OFF must not drone through a film."""
UNKNOWN_BAR = 2.0
"""The length of a bar in seconds until one has passed."""

_LONGEST = [to_steps(LONGEST[instrument]) for instrument in voc.INSTRUMENTS]
_CHORDAL = [instrument in CHORDAL for instrument in voc.INSTRUMENTS]


class NoteLimits(Rule):
    """Ends the notes of a piece in time.

    conditions: their metre says how many quarter notes a bar has; four where none is asked for.
    """

    def __init__(self, conditions: Conditions) -> None:
        self._quarters = _quarters(conditions)
        self._last_chord = -to_steps(UNKNOWN_BAR)
        """The step of the last CHORD."""
        self._unmarked: dict[Key, tuple[int, int]] = {}
        """Active notes of guitar and piano without a CHORD. Their values are the steps within
        which further onsets belong to the same chord, and the step at which it becomes long."""
        self._checked = -1
        """The step at which no further note is due."""

    def update(self, token: int, state: PieceState) -> None:
        """Remember CHORDs, and the notes of guitar and piano that have none."""
        kind, _, instrument, pitch = voc.TOKENS[token]
        now = state.cursor
        beat = (state.bar or to_steps(UNKNOWN_BAR)) / self._quarters
        if kind is Kind.CHORD:
            self._last_chord = now
            for key, (onset, _) in state.active.items():
                if now - onset <= GRACE * beat:
                    self._unmarked.pop(key, None)
        elif kind is Kind.ON and _CHORDAL[instrument]:
            key = instrument, pitch
            self._unmarked.pop(key, None)
            if now - self._last_chord > GRACE * beat:
                # A step less, because a bar's length is rounded.
                short = max(1, int((MIN_BEATS - GRACE) * beat) - 1)
                self._unmarked[key] = int(GRACE * beat), now + short

    def forced_token(self, state: PieceState) -> int | None:
        """The OFF of a note that is over its limit. The note ends at the limit, not now."""
        if self._checked == state.cursor:
            return None
        for key in state.active:
            if self.limit(key, state) <= state.cursor:
                self.close(key, state)
                return voc.note_off(voc.INSTRUMENTS[key[0]], key[1])
        self._checked = state.cursor
        return None

    def close(self, key: Key, state: PieceState) -> None:
        """End a note now, or at its limit if that is earlier."""
        if key in state.active:
            state.builder.close(key, min(state.cursor, self.limit(key, state)))

    def limit(self, key: Key, state: PieceState) -> int:
        """The step at which an active note must end."""
        onset, _ = state.active[key]
        longest = onset + _LONGEST[key[0]]
        if key not in self._unmarked:
            return longest
        apart, long = self._unmarked[key]
        together = sum(
            other[0] == key[0] and other in self._unmarked and 0 <= began - onset <= apart
            for other, (began, _) in state.active.items()
        )
        return min(long, longest) if together >= MIN_PITCHES else longest


def _quarters(conditions: Conditions) -> float:
    """Quarter notes in a bar."""
    if math.isnan(conditions.tempo) or math.isnan(conditions.metre):
        return 4.0
    numerator, denominator = map(int, METRES[int(conditions.metre)].split("/"))
    return 4 * numerator / denominator
