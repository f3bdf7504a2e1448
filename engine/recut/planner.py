"""Plan a new cut: kept bars as they were, and gaps that fit between them.

- A gap goes on with what was begun before it: the phrase's chords, who plays, how densely and how
  loudly. A gap at the film's start leads in with the bars that were before the first kept bar. So
  does a gap that has the emotion of what follows, and not that of what was before.
- The last bar of a gap has the chords that led to the next kept bar in the old plan.
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

from engine.cues import CueSheet, Section
from engine.music.chord_symbols import Chord, chord_name, parse_chord
from engine.music.conditions import KEYS, parse_key
from engine.plan import mood
from engine.plan.chord_plan import cadence_to, ended, leads
from engine.plan.form import ALIKE, split_phrases
from engine.plan.harmony import Bar, draw_progression, draw_qualities, symbols, transposed
from engine.plan.plan import LATEST_PHRASE, Phrase, Plan
from engine.plan.planner import last_chord_beat, with_emotion
from engine.recut.runs import Run, whole_bars
from engine.recut.seams import Gap, close_gaps
from engine.recut.stretches import Stretch
from engine.score import Instrument


@dataclass(frozen=True, slots=True)
class KeptBars:
    """Bars that go from the old plan to the new one as they are.

    old, new: the beat at which they begin in each. beats: how many there are; those after the
    film's end included. bars: how many bars.
    """

    old: int
    new: int
    beats: int
    bars: int


@dataclass(frozen=True, slots=True)
class NewPlan:
    """The plan of a new cut, and which of its bars are those of the old one, by new time."""

    plan: Plan
    kept: tuple[KeptBars, ...]

    @property
    def spans(self) -> tuple[tuple[float, float], ...]:
        """From and to of the kept bars in the new cut, in seconds."""
        at, end = self.plan.seconds_at, self.plan.duration
        return tuple((at(kept.new), min(at(kept.new + kept.beats), end)) for kept in self.kept)


def plan_recut(old: Plan, cues: CueSheet, stretches: Sequence[Stretch], seed: int = 0) -> NewPlan:
    """Plan the new cut of a film.

    old: the plan of the old cut. cues: of the new cut. stretches: what both have, by new time, in
    seconds from the zero of each score. seed: of chords that are drawn. Equal arguments give equal
    plans.
    """
    runs = whole_bars(old, stretches, cues.duration)
    placed, gaps = close_gaps(old, runs, cues.hits, cues.duration)
    plan, kept = _beats(old, cues, placed, gaps)
    if not old.phrases:
        return NewPlan(plan, kept)
    bars = _Bars(old, plan, cues, seed).plan(placed, gaps)
    return NewPlan(replace(plan, phrases=tuple(_phrases(bars[: len(plan.bar_lines())]))), kept)


def _beats(
    old: Plan, cues: CueSheet, runs: Sequence[Run], gaps: Sequence[Gap]
) -> tuple[Plan, tuple[KeptBars, ...]]:
    """The beats, bars and last chord of the new cut; and the kept bars."""
    points: list[tuple[int, float]] = [(0, 0.0)]
    bars: list[int] = []
    kept: list[KeptBars] = []
    beat = 0
    for number, gap in enumerate(gaps):
        points += [(beat + beats, seconds) for beats, seconds in gap.points if beats]
        bars += gap.bars
        beat += gap.points[-1][0] if number < len(runs) else 0
        if number == len(runs):
            break
        run = runs[number]
        first, until = old.bar_line(run.first), old.bar_line(run.until)
        lengths = [old.bar_line(bar + 1) - old.bar_line(bar) for bar in range(run.first, run.until)]
        inner = [(at, seconds) for at, seconds in old.points if first < at < until]
        inner.append((until, old.seconds_at(until)))
        points += [(beat + at - first, seconds + run.moved) for at, seconds in inner]
        kept.append(KeptBars(first, beat, until - first, run.bars))
        bars += lengths
        beat += until - first
    last, seconds = points[-1]
    while points[-1][1] < cues.duration:
        # The ends of both cuts differ by less than half a frame.
        before, since = points[-2]
        points.append((last + 1, seconds + (seconds - since) / (last - before)))
        last, seconds = points[-1]
    plan = Plan(cues.duration, tuple(points), tuple(bars), old.beat, old.feel, shares=old.shares)
    if runs and runs[-1].ends:
        end = None if old.last_chord is None else old.last_chord - kept[-1].old + kept[-1].new
    else:
        end = None if old.last_chord is None else last_chord_beat(plan, cues.boundaries)
    return replace(plan, last_chord=end), tuple(kept)


@dataclass(frozen=True, slots=True)
class _BarPlan:
    """What a bar of the new plan is to be. begins: a phrase begins with it."""

    phrase: Phrase
    chords: str
    begins: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """A phrase of a gap. first: its first bar, counted from the gap's. bars: how many it has.
    middle: its time in the new cut, in seconds. left: bars from its first to the gap's end."""

    first: int
    bars: int
    middle: float
    left: int


def _phrases(bars: Sequence[_BarPlan]) -> Iterable[Phrase]:
    """Phrases of bars; one begins where it is asked for, and where anything changes."""
    start = 0
    for number in range(1, len(bars) + 1):
        if number < len(bars) and not bars[number].begins:
            before, here = bars[number - 1].phrase, bars[number].phrase
            if replace(before, bar=1, chords=()) == replace(here, bar=1, chords=()):
                continue
        chords = tuple(bar.chords for bar in bars[start:number])
        yield replace(bars[start].phrase, bar=start + 1, chords=chords if all(chords) else ())
        start = number


class _Bars:
    """Plans every bar of a new cut. plan: its beats and bars."""

    def __init__(self, old: Plan, plan: Plan, cues: CueSheet, seed: int) -> None:
        self._old, self._plan, self._cues = old, plan, cues
        self._sections = with_emotion(cues.sections)
        self._rng = np.random.default_rng((seed, 3))
        self._starts = [phrase.bar for phrase in old.phrases]
        self._letters = {phrase.form for phrase in old.phrases}
        self._available = tuple(
            i for i in Instrument if any(i in phrase.instruments for phrase in old.phrases)
        )

    def plan(self, runs: Sequence[Run], gaps: Sequence[Gap]) -> list[_BarPlan]:
        """What each bar is to be, from the first one on."""
        bars: list[_BarPlan] = []
        for number, gap in enumerate(gaps):
            left = runs[number - 1] if number else None
            right = runs[number] if number < len(runs) else None
            bars += self._gap(bars, len(gap.bars), left, right)
            if right is not None:
                bars += [
                    self._kept(bar, bar == right.first) for bar in range(right.first, right.until)
                ]
        return bars

    def _kept(self, bar: int, begins: bool = False) -> _BarPlan:
        """A bar of the old plan. begins: a phrase begins with it in any case."""
        phrase = self._old.phrases[bisect_right(self._starts, bar) - 1]
        return _BarPlan(phrase, self._chords_of(phrase, bar), begins or bar == phrase.bar)

    def _chords_of(self, phrase: Phrase, bar: int) -> str:
        number = (bar - phrase.bar) % max(1, len(phrase.chords))
        return phrase.chords[number] if phrase.chords else ""

    def _gap(
        self, before: Sequence[_BarPlan], count: int, left: Run | None, right: Run | None
    ) -> list[_BarPlan]:
        """The bars of a gap. before: all bars up to it."""
        if not count:
            return []
        first = len(before)
        lines = [self._plan.seconds_at(self._plan.bar_line(first + n + 1)) for n in range(count)]
        bars: list[_BarPlan] = []
        starts = self._phrase_starts(lines, right is None)
        for start, until in zip(starts, [*starts[1:], count], strict=True):
            middle = (lines[start] + lines[min(until, count - 1)]) / 2
            place = _Place(start, until - start, middle, count - start)
            bars += self._phrase([*before, *bars], place, left, right)
        if right is None:
            bars = self._ended(before, bars)
        else:
            bars = self._leading(before, bars, right, self._beats(first + count - 1))
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
        self, before: Sequence[_BarPlan], place: _Place, left: Run | None, right: Run | None
    ) -> list[_BarPlan]:
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

    def _continued(self, run: Run, count: int) -> list[_BarPlan]:
        """Of so many bars after a run, those that go on with a phrase that the run broke off."""
        if run.until in self._starts:
            return []
        place = bisect_right(self._starts, run.until)
        end = self._starts[place] if place < len(self._starts) else len(self._old.bar_lines()) + 1
        return [self._kept(bar) for bar in range(run.until, min(run.until + count, end))]

    def _theme(self, before: Sequence[_BarPlan], phrase: Phrase, count: int) -> list[_BarPlan]:
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
        return [_BarPlan(new, chords[n % len(chords)], n == 0) for n in range(count)]

    def _contrast(self, nearest: Phrase, section: Section, count: int) -> list[_BarPlan]:
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
        return [_BarPlan(phrase, chords[n % len(chords)], n == 0) for n in range(count)]

    def _leading(
        self, before: Sequence[_BarPlan], bars: list[_BarPlan], right: Run, beats: int
    ) -> list[_BarPlan]:
        """The bars of a gap, the last of which leads to the run behind it."""
        goal = self._kept(right.first)
        last, near = bars[-1], [*before, *bars][-2:-1]
        if not goal.chords or not last.chords:
            return bars
        key = int(parse_key(goal.phrase.key))
        if right.first > 1:
            chords = self._kept(right.first - 1).chords.split()
        else:
            chords = last.chords.split()
        names, aim = _names(chords), _names(goal.chords.split())
        if not chords or not leads(names, aim, key):
            around = [*(_names(bar.chords.split())[-1] for bar in near if bar.chords), aim[0]]
            chords = list(symbols(cadence_to(self._rng, key, around, beats), key))
        # A shorter bar has the chords nearest to the goal.
        return [*bars[:-1], replace(last, chords=" ".join(chords[-beats:]))]

    def _ended(self, before: Sequence[_BarPlan], bars: list[_BarPlan]) -> list[_BarPlan]:
        """The bars of the last gap: a bar that leads to the last chord, and the tonic."""
        last_chord = self._plan.last_chord
        every = [*before, *bars]
        if last_chord is None or not bars[-1].chords:
            return bars
        key = int(parse_key(bars[-1].phrase.key))
        tonic = chord_name(Chord(key % 12, "m" if key >= 12 else ""), key)
        of_bars = [tuple(bar.chords.split()) for bar in every]
        bar = self._plan.bar_at(last_chord) - 1
        in_middle = self._plan.bar_line(bar + 1) != last_chord
        led = bar if in_middle else bar - 1
        if led >= len(before):
            near = [*_names(of_bars[led - 1])[-1:], *_names((tonic,))] if led else []
            beats = 1 if in_middle else self._plan.bar_line(led + 2) - self._plan.bar_line(led + 1)
            of_bars[led] = symbols(cadence_to(self._rng, key, near, beats), key)
        of_bars = ended(self._plan, of_bars[: len(self._plan.bar_lines())], tonic)
        shown = zip(every, of_bars, strict=False)
        return [replace(bar, chords=" ".join(chords)) for bar, chords in shown][len(before) :]

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


def _names(symbols_of_bar: Sequence[str]) -> Bar:
    """Chord symbols as roots from C and suffixes."""
    chords = map(parse_chord, symbols_of_bar)
    return tuple(f"{chord.root}:{chord.quality}".rstrip(":") for chord in chords)
