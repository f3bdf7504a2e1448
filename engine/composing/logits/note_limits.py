"""When a note must end: before it drones, and before what nobody called a chord becomes one.

A CHORD marks a long chord of guitar or piano, and in songs there is no long one without its mark
(:mod:`engine.music.chords`). A network that comes back to what it played may strike some that it
does not call so; no more than two notes of such a one are held for two beats, so that a long chord
goes on meaning a boundary. Nothing here knows where one is. (Ours.)
"""

from __future__ import annotations

from engine.music import vocabulary as voc
from engine.music.chords import GRACE, MIN_BEATS, MIN_PITCHES
from engine.music.events import ScoreBuilder
from engine.music.vocabulary import Kind, to_steps
from engine.score import CHORDAL, Instrument

LONGEST = {
    Instrument.BASS: 3.0,
    Instrument.DRUMS: 0.5,
    Instrument.GUITAR: 4.0,
    Instrument.PIANO: 4.0,
    Instrument.STRINGS: 6.0,
}
"""No note is held longer than this, in seconds: a forgotten OFF must not drone through a film."""
UNKNOWN_BAR = 2.0
"""Seconds that a bar is taken for as long as none has passed."""

Key = tuple[int, int]
"""(instrument index, pitch) of a note."""

_LONGEST = [to_steps(LONGEST[instrument]) for instrument in voc.INSTRUMENTS]
_CHORDAL = [instrument in CHORDAL for instrument in voc.INSTRUMENTS]


class NoteLimits:
    """The notes of a piece that ``builder`` writes down, whose bars have so many quarters."""

    def __init__(self, builder: ScoreBuilder, quarters: float = 4.0) -> None:
        self._builder = builder
        self._quarters = quarters
        self._called = -to_steps(UNKNOWN_BAR)
        """The step of the last CHORD."""
        self._uncalled: dict[Key, tuple[int, int]] = {}
        """Notes of guitar and piano that no CHORD was for: how many steps later others may begin
        and are one chord with it, and the step at which it would be long."""

    def hear(self, token: int, bar: int) -> None:
        """A token was said, and the builder has it; bars last so many steps of late, 0: unknown."""
        kind, _, instrument, pitch = voc.TOKENS[token]
        now = self._builder.cursor
        beat = (bar or to_steps(UNKNOWN_BAR)) / self._quarters
        if kind is Kind.CHORD:
            self._called = now
            for key, (onset, _) in self._builder.sounding.items():
                if now - onset <= GRACE * beat:
                    self._uncalled.pop(key, None)
        elif kind is Kind.ON and _CHORDAL[instrument]:
            key = instrument, pitch
            self._uncalled.pop(key, None)
            if now - self._called > GRACE * beat:
                # A step less, for a bar's length is rounded.
                short = max(1, int((MIN_BEATS - GRACE) * beat) - 1)
                self._uncalled[key] = int(GRACE * beat), now + short

    def due(self, key: Key) -> int:
        """The step at which a note must end that sounds, by what sounds beside it."""
        onset, _ = self._builder.sounding[key]
        longest = onset + _LONGEST[key[0]]
        if key not in self._uncalled:
            return longest
        apart, long = self._uncalled[key]
        together = sum(
            other[0] == key[0] and other in self._uncalled and 0 <= began - onset <= apart
            for other, (began, _) in self._builder.sounding.items()
        )
        return min(long, longest) if together >= MIN_PITCHES else longest
