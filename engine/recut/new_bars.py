"""What every bar of a new cut is to be: kept as it was, or new in a gap.

- A gap goes on with what was begun before it: the phrase's chords, who plays, how densely and how
  loudly. A gap at the film's start leads in with the bars that were before the first kept bar. So
  does a gap that has the emotion of what follows, and not that of what was before.
- Where the film's emotion differs from both, the gap has its own players, density and dynamics. Its
  key changes to the relative one if the emotion asks for the other mode.
- A gap is divided into phrases as in :mod:`engine.plan.form`.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.cues import CueSheet
from engine.music.conditions import KEYS, parse_key
from engine.plan import mood
from engine.plan.form import ALIKE, split_phrases
from engine.plan.harmony import draw_progression, draw_qualities, symbols, transposed
from engine.plan.plan import LATEST_PHRASE, Phrase, Plan
from engine.plan.section_emotion import with_emotion
from engine.recut.bar_plan import BarPlan
from engine.recut.cadences import end_with_tonic, lead_to
from engine.recut.runs import Run
from engine.recut.seams import Gap
from engine.score import Instrument
from engine.section import Section


@dataclass(frozen=True, slots=True)
class _Place:
    """A phrase of a gap. first: its first bar, counted from the gap's. bars: how many it has.
    middle: its time in the new cut, in seconds. left: bars from its first to the gap's end."""

    first: int
    bars: int
    middle: float
    left: int


class NewBars:
    """Plans every bar of a new cut."""

    def __init__(self, old: Plan, plan: Plan, cues: CueSheet, seed: int) -> None:
        """old: the plan of the old cut. plan: the beats and bars of the new one. cues: of the new
        cut. seed: of chords that are drawn."""
        self._old, self._plan, self._cues = old, plan, cues
        self._sections = with_emotion(cues.sections)
        self._rng = np.random.default_rng((seed, 3))
        self._starts = [phrase.bar for phrase in old.phrases]
        self._letters = {phrase.form for phrase in old.phrases}
        self._available = tuple(
            i for i in Instrument if any(i in phrase.instruments for phrase in old.phrases)
        )

    def plan(self, runs: Sequence[Run], gaps: Sequence[Gap]) -> list[BarPlan]:
        """What each bar is to be, from the first one on."""
        bars: list[BarPlan] = []
        for number, gap in enumerate(gaps):
            left = runs[number - 1] if number else None
            right = runs[number] if number < len(runs) else None
            bars += self._gap(bars, len(gap.bars), left, right)
            if right is not None:
                bars += [
                    self._kept(bar, bar == right.first) for bar in range(right.first, right.until)
                ]
        return bars

    def _kept(self, bar: int, begins: bool = False) -> BarPlan:
        """A bar of the old plan. begins: a phrase begins with it in any case."""
        phrase = self._old.phrases[bisect_right(self._starts, bar) - 1]
        return BarPlan(phrase, self._chords_of(phrase, bar), begins or bar == phrase.bar)

    def _chords_of(self, phrase: Phrase, bar: int) -> str:
        number = (bar - phrase.bar) % max(1, len(phrase.chords))
        return phrase.chords[number] if phrase.chords else ""

    def _gap(
        self, before: Sequence[BarPlan], count: int, left: Run | None, right: Run | None
    ) -> list[BarPlan]:
        """The bars of a gap. before: all bars up to it."""
        if not count:
            return []
        first = len(before)
        lines = [self._plan.seconds_at(self._plan.bar_line(first + n + 1)) for n in range(count)]
        bars: list[BarPlan] = []
        starts = self._phrase_starts(lines, right is None)
        for start, until in zip(starts, [*starts[1:], count], strict=True):
            middle = (lines[start] + lines[min(until, count - 1)]) / 2
            place = _Place(start, until - start, middle, count - start)
            bars += self._phrase([*before, *bars], place, left, right)
        if right is None:
            bars = end_with_tonic(self._plan, before, bars, self._rng)
        else:
            goal, beats = self._kept(right.first), self._beats(first + count - 1)
            chords = self._kept(right.first - 1).chords if right.first > 1 else bars[-1].chords
            bars = lead_to(goal, chords, before, bars, beats, self._rng)
        # A bar before a boundary may have fewer beats than chords.
        return [
            replace(bar, chords=" ".join(bar.chords.split()[: self._beats(first + number)]))
            for number, bar in enumerate(bars)
        ]

    def _phrase_starts(self, lines: Sequence[float], is_last: bool) -> list[int]:
        """The bars of a gap at which its phrases begin, counted from its first.

        lines: the film time of each of its bars. is_last: the film ends with it.
        """
        if is_last:
            # No phrase begins after the last chord.
            last = self._plan.last_chord
            latest = self._plan.duration if last is None else self._plan.seconds_at(last)
            latest = min(latest, self._plan.duration - LATEST_PHRASE)
            lines = [line for line in lines if line <= latest] or lines[:1]

        def bars_at(times: Iterable[float]) -> frozenset[int]:
            near = [int(np.abs(np.array(lines) - time).argmin()) for time in times]
            return frozenset(bar for bar in near if bar)

        inside = [t for t in self._cues.boundaries if lines[0] < t < lines[-1] + 0.02]
        turns = [s.start for s in self._sections if lines[0] < s.start < lines[-1]]
        return split_phrases(len(lines), bars_at(turns), bars_at(inside))

    def _phrase(
        self, before: Sequence[BarPlan], place: _Place, left: Run | None, right: Run | None
    ) -> list[BarPlan]:
        """The bars of one phrase of a gap. before: all bars up to it."""
        if before:
            nearest, at = before[-1], self._seconds(len(before) - 1)
        elif right is not None:
            nearest, at = self._kept(right.first), right.start(self._old)
        else:
            nearest, at = self._kept(1), 0.0
        here = self._section(place.middle)
        goes_on = _alike(here, self._section(at))
        leads_in = right is not None and _alike(here, self._section(right.start(self._old)))
        if right is not None and leads_in and not (before and goes_on):
            begin = right.first - place.left
            if begin > 0:
                return [self._kept(begin + n, n == 0) for n in range(place.bars)]
        if not goes_on:
            return self._contrast(nearest.phrase, here, place.bars)
        going_on = [] if place.first or left is None else self._continued(left, place.bars)
        return [*going_on, *self._theme(before, nearest.phrase, place.bars - len(going_on))]

    def _continued(self, run: Run, count: int) -> list[BarPlan]:
        """Of so many bars after a run, those that go on with a phrase that the run broke off."""
        if run.until in self._starts:
            return []
        place = bisect_right(self._starts, run.until)
        end = self._starts[place] if place < len(self._starts) else len(self._old.bar_lines()) + 1
        return [self._kept(bar) for bar in range(run.until, min(run.until + count, end))]

    def _theme(self, before: Sequence[BarPlan], phrase: Phrase, count: int) -> list[BarPlan]:
        """A phrase with the theme before the last one of the same key, or with the last one."""
        themes = [bar.phrase.form for bar in before if bar.phrase.key == phrase.key and bar.begins]
        others = [form for form in themes if form != phrase.form]
        form = others[-1] if others else phrase.form
        chords: list[str] = []
        for bar in before:
            if bar.phrase.form == form and bar.phrase.key == phrase.key:
                chords = [bar.chords] if bar.begins else [*chords, bar.chords]
        chords = chords or list(phrase.chords) or [""]
        new = replace(phrase, form=form)
        return [BarPlan(new, chords[n % len(chords)], n == 0) for n in range(count)]

    def _contrast(self, nearest: Phrase, section: Section, count: int) -> list[BarPlan]:
        """A phrase for another emotion, with a theme of its own."""
        players = mood.phrase_players(section.valence, section.arousal, self._available)
        key = _key_for(int(parse_key(nearest.key)), section)
        letter = next(
            letter for letter in map(chr, range(ord("A"), ord("Z") + 1))
            if letter not in self._letters or letter == "Z"
        )  # fmt: skip
        self._letters.add(letter)
        density = round(mood.density(section.valence, section.arousal, len(players)), 1)
        dynamics = mood.dynamics(section.arousal)
        chords: list[str] = [""]
        if nearest.chords:
            minor = key >= 12
            drawn = draw_qualities(self._rng, minor, draw_progression(self._rng, minor, True))
            chords = [" ".join(symbols(transposed(bar, key % 12), key)) for bar in drawn]
        phrase = replace(
            nearest, form=letter, key=KEYS[key], instruments=players, density=density,
            dynamics=dynamics, register=mood.register(section.valence),
        )  # fmt: skip
        return [BarPlan(phrase, chords[n % len(chords)], n == 0) for n in range(count)]

    def _beats(self, bar: int) -> int:
        """The beats of a bar, counted from 0."""
        return self._plan.bar_line(bar + 2) - self._plan.bar_line(bar + 1)

    def _seconds(self, bar: int) -> float:
        return self._plan.seconds_at(self._plan.bar_line(bar + 1))

    def _section(self, seconds: float) -> Section:
        ends = [section.end for section in self._sections[:-1]]
        return self._sections[bisect_right(ends, seconds)]


def _alike(one: Section, other: Section) -> bool:
    return abs(one.valence - other.valence) < ALIKE and abs(one.arousal - other.arousal) < ALIKE


def _key_for(key: int, section: Section) -> int:
    """The key, or its relative one if the emotion asks for the other mode."""
    share = mood.minor_share(section.valence)
    if math.isclose(share, 1) and key < 12:
        return 12 + (key + 9) % 12
    if math.isclose(share, 0) and key >= 12:
        return (key + 3) % 12
    return key
