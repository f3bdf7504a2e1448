"""What a variation takes from the piece that it varies: keys, progressions, players and bars.

The tempo, the boundaries, the emotion and so the density, the dynamics and the form are its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from engine.music.arrangement import Recall
from engine.music.chord_symbols import Chord, parse_chord
from engine.music.conditions import parse_key
from engine.music.events import encode, normalise
from engine.music.vocabulary import to_seconds
from engine.plan.form import first_mood
from engine.plan.harmony import Bar, transposed
from engine.plan.plan import Phrase, Plan
from engine.plan.timing import Timing
from engine.score import Instrument, Note, Score

USUAL_PHRASE = 4
"""Bars of a progression."""


@dataclass(frozen=True)
class Original:
    """A planned piece that another one varies. plan: has one phrase or more."""

    plan: Plan

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        """Who plays."""
        playing = {i for phrase in self.plan.phrases for i in phrase.instruments}
        return tuple(i for i in Instrument if i in playing)

    @property
    def shares(self) -> tuple[tuple[Instrument, float], ...]:
        """How much each instrument plays, as in a plan."""
        return self.plan.shares

    def form(self, letter: str) -> str:
        """The letter for a phrase of the variation; the original has it where it can."""
        return letter if letter in self._phrases else first_mood(letter)

    def key(self, form: str) -> int:
        """The key of a form, an index into ``conditions.KEYS``."""
        phrase = self._phrases.get(form, self.plan.phrases[0])
        return int(parse_key(phrase.key))

    @cached_property
    def progressions(self) -> Mapping[str, tuple[Bar, ...]]:
        """Form -> its chords bar by bar as they are heard; roots count from the tonic."""
        return {
            form: tuple(_relative(bar, self.key(form)) for bar in _usual(phrase.chords))
            for form, phrase in self._phrases.items()
            if phrase.chords
        }

    @cached_property
    def _phrases(self) -> Mapping[str, Phrase]:
        """Form -> the phrase that states it best: not the last one, and a long one."""
        found: dict[str, Phrase] = {}
        last = self.plan.phrases[-1]
        for phrase in self.plan.phrases:
            known = found.setdefault(phrase.form, phrase)
            if phrase is not last and len(phrase.chords) > len(known.chords):
                found[phrase.form] = phrase
        return found


def _usual(chords: tuple[str, ...]) -> tuple[str, ...]:
    """The first bars of a phrase that make a whole progression."""
    whole = len(chords) // USUAL_PHRASE * USUAL_PHRASE
    return chords[: whole or len(chords)]


def _relative(bar: str, key: int) -> Bar:
    chords = map(parse_chord, bar.split())
    names = tuple(f"{chord.root}:{chord.quality}".rstrip(":") for chord in chords)
    return transposed(names, -key)


class _PlannedBar(NamedTuple):
    """A bar of a plan. turn: how many phrases of its form came before. number: in its phrase."""

    form: str
    turn: int
    number: int
    beats: int
    chords: tuple[Chord, ...]
    players: frozenset[Instrument]


def recall(plan: Plan, original: Plan, score: Score) -> Recall:
    """The original's bars, for a variation with this plan to take up.

    score: of the original, in film time.
    """
    bars = list(_bars(original))
    if original.last_chord is not None:
        # After the last chord nobody plays.
        bars = bars[: max(1, original.bar_at(original.last_chord) - 1)]
    return Recall(
        _tokens(Timing(plan), original, score),
        tuple(_alike(bar, bars) for bar in _bars(plan)),
    )


def _bars(plan: Plan) -> Iterator[_PlannedBar]:
    counts: dict[str, int] = {}
    firsts = [*(phrase.bar for phrase in plan.phrases), len(plan.bar_lines()) + 1]
    for phrase, (first, until) in zip(plan.phrases, pairwise(firsts), strict=True):
        turn = counts.get(phrase.form, 0)
        counts[phrase.form] = turn + 1
        for bar in range(first, until):
            yield _PlannedBar(
                phrase.form,
                turn,
                bar - first,
                plan.bar_line(bar + 1) - plan.bar_line(bar),
                phrase.chords_of_bar(bar - first),
                frozenset(phrase.instruments),
            )


def _alike(bar: _PlannedBar, bars: list[_PlannedBar]) -> int | None:
    """The original's bar that a bar takes up: of its form and place, or with its chords."""

    def likeness(number: int) -> tuple[bool, bool, bool, int, bool, int]:
        other = bars[number]
        return (
            other.form == bar.form,
            other.chords == bar.chords,
            other.number == bar.number,
            -len(bar.players - other.players),
            other.turn == bar.turn,
            -number,
        )

    best = max(range(len(bars)), key=likeness)
    same_place = bars[best].form == bar.form and bars[best].number == bar.number
    return best if same_place or bars[best].chords == bar.chords else None


def _tokens(timing: Timing, original: Plan, score: Score) -> tuple[int, ...]:
    """The original's tokens with the beats of a variation."""
    parts = len(timing.grid.biases)

    def at(seconds: float) -> float:
        return to_seconds(round(float(original.clock.ticks(seconds)) * parts) * timing.grid.part)

    notes = []
    for note in score.notes:
        onset = at(note.onset)
        end = max(at(note.end), onset + to_seconds(timing.grid.part))
        notes.append(Note(note.instrument, onset, end, note.pitch))
    bars = tuple(to_seconds(line * timing.beat) for line in original.bar_lines())
    end = max([at(score.duration), *(note.end for note in notes)])
    return tuple(encode(normalise(Score(tuple(notes), bars, (), end))).tolist())
