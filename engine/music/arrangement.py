"""What a plan asks of the composing loop, in steps of music time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.music.beat_grid import BeatGrid
from engine.music.chord_symbols import Chord
from engine.score import Instrument


@dataclass(frozen=True, slots=True)
class Phrase:
    """Some bars with the same players. start: its first step. bars: how many it has.

    register: -1 where the parts lie lower than usual, 1 where they lie higher, else 0.
    """

    start: int
    bars: int
    players: frozenset[Instrument]
    register: int = 0


@dataclass(frozen=True, slots=True)
class Ending:
    """The last chord. onset: its step. release: the step at which it ends."""

    onset: int
    release: int


@dataclass(frozen=True, slots=True)
class Recall:
    """Another piece that this one takes up bar by bar, since it is a variation of it.

    tokens: of the other piece, with the beats of this one. bars: for each bar of this piece, the
    bar of the other one, counted from 0; None for none.
    """

    tokens: tuple[int, ...]
    bars: tuple[int | None, ...]


@dataclass(frozen=True)
class Arrangement:
    """Beats and bars, who plays, the harmony and the ending of a piece.

    phrases: rising, the first from step 0 on. chords: the step from which each chord holds, rising;
    None, or no chord at all, leaves the harmony to the network. ending: None where the film breaks
    off. repeats: for each bar, how many bars ago the bar began that it repeats; 0 for none.
    shares: how many times its usual share of the notes each instrument has; 1 where it is missing.
    recall: the piece that this one varies; None for a piece of its own.
    """

    grid: BeatGrid
    phrases: tuple[Phrase, ...] = ()
    chords: tuple[tuple[int, Chord | None], ...] = ()
    ending: Ending | None = None
    repeats: tuple[int, ...] = ()
    shares: Mapping[Instrument, float] = field(default_factory=dict)
    recall: Recall | None = None

    def phrase_at(self, step: int) -> Phrase | None:
        """The phrase at a step; None without phrases."""
        place = bisect_right(self.phrases, step, key=lambda phrase: phrase.start)
        return self.phrases[place - 1] if place else None

    def chord_at(self, step: int) -> Chord | None:
        """The chord at a step; None without harmony."""
        place = bisect_right(self.chords, step, key=lambda chord: chord[0])
        return self.chords[place - 1][1] if place else None

    def chord_onset(self, step: int) -> int:
        """The step at which the chord of a step began."""
        place = bisect_right(self.chords, step, key=lambda chord: chord[0])
        return self.chords[place - 1][0] if place else 0
