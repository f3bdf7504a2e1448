"""The plan of a piece as data: its beats and bars, and phrase by phrase what is played."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from engine.arrays import Ints
from engine.errors import EmsyncError
from engine.music.beat_grid import STRAIGHT, SWING, TRIPLET
from engine.music.chord_symbols import Chord, parse_chord
from engine.music.conditions import (
    DENSEST,
    FASTEST,
    METRES,
    SLOWEST,
    SPARSEST,
    UNKNOWN,
    parse_key,
)
from engine.music.tick_clock import TickClock
from engine.plan.tempo_search import TempoFit
from engine.score import Instrument

LONGEST_BAR = 12
"""Beats."""
SAME_TIME = 0.021
"""Times that are less than this many seconds apart are the same to a viewer: half a frame."""
LATEST_PHRASE = 0.1
"""Seconds before the film's end by which the last phrase must have begun. A plan also serves a film
that is slightly shorter."""
_ROUNDING = 1e-4
"""By which share a tempo may be out of range, since times are rounded."""
LEAST_SHARE = 0.1
"""The least share of the notes that can be planned for an instrument, beside its usual share."""
FEELS = {"straight": STRAIGHT, "swing": SWING, "triplet": TRIPLET}
"""How a quarter note divides, and the bias of an onset on each part."""
BEATS = {"quarter": 1.0, "dotted quarter": 1.5}
"""The notes that a beat can be, in quarter notes."""
DYNAMICS = {"pp": 0.5, "p": 0.65, "mp": 0.8, "mf": 1.0, "f": 1.15, "ff": 1.3}
"""Dynamic marks, softest first, and the share of the usual velocity that each stands for."""

REGISTERS = {"low": -1, "middle": 0, "high": 1}
"""Where the parts lie: lower than usual, as usual, or higher."""


class TimeSignature(NamedTuple):
    """A time signature: the beats of a usual bar, and the note that a beat is."""

    beats: int
    beat: str


TIME_SIGNATURES = {
    "2/4": TimeSignature(2, "quarter"),
    "3/4": TimeSignature(3, "quarter"),
    "4/4": TimeSignature(4, "quarter"),
    "6/8": TimeSignature(2, "dotted quarter"),
    "12/8": TimeSignature(4, "dotted quarter"),
}
"""The time signatures that can be planned."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Some bars that belong together.

    bar: its first bar, counted from 1. form: a letter; phrases with the same letter share their
    theme. key: such as ``A minor``. instruments: who plays. density: notes a second of the film.
    dynamics: a mark of :data:`DYNAMICS`. chords: one text a bar, such as ``Am`` or ``F G`` for two
    chords in a bar; they start again where the phrase is longer. Without chords the network
    chooses the harmony. register: a key of :data:`REGISTERS`.

    Raises EmsyncError naming the field that is wrong.
    """

    bar: int
    form: str
    key: str
    instruments: tuple[Instrument, ...]
    density: float
    dynamics: str
    chords: tuple[str, ...] = ()
    register: str = "middle"

    def __post_init__(self) -> None:
        parse_key(self.key)
        if not self.instruments:
            raise EmsyncError("instruments: name one or more; a phrase needs somebody who plays")
        if not SPARSEST <= self.density <= DENSEST:
            raise EmsyncError(
                f"density: {self.density:g}; give {SPARSEST:g} to {DENSEST:g} notes a second"
            )
        if self.dynamics not in DYNAMICS:
            raise EmsyncError(f"dynamics: {self.dynamics!r}; choose from {', '.join(DYNAMICS)}")
        if self.register not in REGISTERS:
            raise EmsyncError(f"register: {self.register!r}; choose from {', '.join(REGISTERS)}")
        for place, bar in enumerate(self.chords):
            if not bar.split():
                raise EmsyncError(f"chords[{place}]: name one or more chords")
            for symbol in bar.split():
                try:
                    parse_chord(symbol)
                except EmsyncError as error:
                    raise EmsyncError(f"chords[{place}]: {error}") from error

    def chords_of_bar(self, number: int) -> tuple[Chord, ...]:
        """The chords of a bar, counted from 0 within the phrase; none without harmony."""
        if not self.chords:
            return ()
        return tuple(map(parse_chord, self.chords[number % len(self.chords)].split()))


@dataclass(frozen=True)
class Plan:
    """Where the beats and bars of a piece lie, and what each phrase is to be.

    duration: of the film, in seconds.
    points: beats from the start and their film time, rising from (0, 0); the tempo between two of
    them is constant. The last point lies at the film's end or beyond. bars: beats of each bar, up
    to the film's end; the last length goes on. beat: a key of :data:`BEATS`. feel: a key of
    :data:`FEELS`. phrases: rising from bar 1 on; without them the network chooses. last_chord: the
    beat of the last chord, after which nobody begins a note; None lets the piece break off.
    shares: how many times its usual share of the notes each instrument has; 1 where it is missing.

    Raises EmsyncError naming the field that is wrong.
    """

    duration: float
    points: tuple[tuple[int, float], ...]
    bars: tuple[int, ...]
    beat: str = "quarter"
    feel: str = "straight"
    phrases: tuple[Phrase, ...] = ()
    last_chord: int | None = None
    shares: tuple[tuple[Instrument, float], ...] = ()

    def __post_init__(self) -> None:
        if not 0 < self.duration < math.inf:
            raise EmsyncError(f"duration: {self.duration:g} s; give more than 0")
        if self.beat not in BEATS:
            raise EmsyncError(f"beat: {self.beat!r}; choose from {', '.join(BEATS)}")
        if self.feel not in FEELS:
            raise EmsyncError(f"feel: {self.feel!r}; choose from {', '.join(FEELS)}")
        if self.feel != "straight" and self.beat != "quarter":
            raise EmsyncError(f"feel: {self.feel!r} needs beats of a quarter note")
        self._check_points()
        for place, bar in enumerate(self.bars):
            if not 1 <= bar <= LONGEST_BAR:
                raise EmsyncError(f"bars[{place}]: {bar}; give 1 to {LONGEST_BAR} beats")
        if not self.bars:
            raise EmsyncError("bars: give one or more")
        self._check_phrases()
        if self.last_chord is not None and not (
            self.last_chord >= 0 and self.seconds_at(self.last_chord) < self.duration
        ):
            raise EmsyncError(f"last_chord: beat {self.last_chord} is not within the film")
        for instrument, share in self.shares:
            if not LEAST_SHARE <= share <= 1 / LEAST_SHARE:
                raise EmsyncError(
                    f"shares.{instrument.value}: {share:g}; give {LEAST_SHARE:g} to "
                    f"{1 / LEAST_SHARE:g} times the usual share"
                )

    def _check_points(self) -> None:
        if self.points[:1] != ((0, 0.0),):
            raise EmsyncError("points: the first must be beat 0 at 0 s")
        for place, ((beat, seconds), (next_beat, next_seconds)) in enumerate(
            pairwise(self.points), start=1
        ):
            if next_beat <= beat or not seconds < next_seconds < math.inf:
                raise EmsyncError(
                    f"points[{place}]: beat {next_beat} at {next_seconds:g} s does not come after "
                    f"beat {beat} at {seconds:g} s"
                )
            tempo = 60 * self.quarters * (next_beat - beat) / (next_seconds - seconds)
            if not SLOWEST * (1 - _ROUNDING) <= tempo <= FASTEST * (1 + _ROUNDING):
                raise EmsyncError(
                    f"points[{place}]: {tempo:.0f} quarter notes a minute lead there; keep them "
                    f"from {SLOWEST:g} to {FASTEST:g}"
                )
        if len(self.points) < 2 or self.points[-1][1] < self.duration - 0.001:
            raise EmsyncError(
                f"points: the last must lie at the end, {self.duration:g} s, or later"
            )

    def _check_phrases(self) -> None:
        for place, phrase in enumerate(self.phrases):
            before = self.phrases[place - 1].bar if place else 0
            if place == 0 and phrase.bar != 1:
                raise EmsyncError("phrases[0].bar: the first phrase must begin at bar 1")
            if phrase.bar <= before:
                raise EmsyncError(
                    f"phrases[{place}].bar: {phrase.bar} does not come after bar {before}"
                )
            if phrase.bar > 1 and not self.may_begin_phrase(phrase.bar):
                begins = self.seconds_at(self.bar_line(phrase.bar))
                raise EmsyncError(
                    f"phrases[{place}].bar: bar {phrase.bar} begins at {begins:.2f} s; the film "
                    f"ends at {self.duration:g} s"
                )
        self._check_chords()

    def _check_chords(self) -> None:
        lines = self.bar_lines()
        starts = [phrase.bar for phrase in self.phrases]
        for bar in range(1, len(lines) + 1 if starts else 1):
            place = bisect_right(starts, bar) - 1
            phrase, beats = self.phrases[place], self.bar_line(bar + 1) - lines[bar - 1]
            number = (bar - phrase.bar) % max(1, len(phrase.chords))
            if phrase.chords and len(phrase.chords[number].split()) > beats:
                raise EmsyncError(
                    f"phrases[{place}].chords[{number}]: {phrase.chords[number]!r} has more "
                    f"chords than bar {bar} has beats, {beats}"
                )

    @property
    def quarters(self) -> float:
        """Quarter notes in a beat."""
        return BEATS[self.beat]

    @property
    def tempo(self) -> float:
        """The mean tempo in quarter notes a minute."""
        beat, seconds = self.points[-1]
        return 60 * self.quarters * beat / seconds

    @property
    def usual_bar(self) -> int:
        """Beats of the commonest bar."""
        return Counter(self.bars).most_common(1)[0][0]

    @property
    def metre(self) -> float:
        """Index into ``conditions.METRES`` of the commonest bar; NaN if the network knows none."""
        numerator, denominator = self._signature(self.usual_bar)
        name = f"{numerator}/{denominator}"
        return float(METRES.index(name)) if name in METRES else UNKNOWN

    @property
    def time_signatures(self) -> tuple[tuple[int, int], ...]:
        """Numerator and denominator of each bar."""
        return tuple(map(self._signature, self.bars))

    def _signature(self, bar: int) -> tuple[int, int]:
        return (bar, 4) if self.quarters == 1 else (3 * bar, 8)

    @cached_property
    def _given_lines(self) -> Ints:
        """The beats at which the given bars begin, and the one at which the last of them ends."""
        return np.cumsum([0, *self.bars])

    def bar_line(self, bar: int) -> int:
        """The beat at which a bar begins; bars count from 1."""
        given = min(bar - 1, len(self.bars))
        return int(self._given_lines[given]) + (bar - 1 - given) * self.bars[-1]

    def bar_at(self, beat: int) -> int:
        """The bar of the film in which a beat lies; bars count from 1."""
        return bisect_right(self.bar_lines(), beat)

    def bar_lines(self) -> tuple[int, ...]:
        """The beats at which the bars of the film begin."""
        return self._film_lines

    @cached_property
    def _film_lines(self) -> tuple[int, ...]:
        end = float(self.clock.ticks(self.duration)) - 1e-6
        lines = [0]
        while (line := lines[-1] + self.bars[min(len(lines), len(self.bars)) - 1]) < end:
            lines.append(line)
        return tuple(lines)

    def may_begin_phrase(self, bar: int) -> bool:
        """Whether a bar begins long enough before the film's end for a phrase to begin with it."""
        return self.seconds_at(self.bar_line(bar)) <= self.duration - LATEST_PHRASE

    def met(self, boundaries: Sequence[float]) -> tuple[int, int]:
        """How many boundaries (in seconds) fall on a beat, and how many of these begin a bar."""
        beats = self.clock.ticks(boundaries)
        nearest = np.rint(beats)
        on_beat = np.abs(self.clock.seconds(nearest) - np.asarray(boundaries)) < SAME_TIME
        return int(on_beat.sum()), int(np.isin(nearest[on_beat], self.bar_lines()).sum())

    @cached_property
    def clock(self) -> TickClock:
        """Converts beats to seconds of the film; the last tempo goes on."""
        beats, seconds = map(np.array, zip(*self.points, strict=True))
        rates = np.diff(seconds) / np.diff(beats)
        return TickClock(beats[:-1], rates, seconds[:-1])

    def seconds_at(self, beat: float) -> float:
        """Film time of a beat, counted from the start."""
        return float(self.clock.seconds(beat))


def plan_beats(
    fit: TempoFit, duration: float, beat: str = "quarter", feel: str = "straight"
) -> Plan:
    """The plan of a tempo that was found for a film of this duration; it has no phrases."""
    points = [(anchor.beat, anchor.seconds) for anchor in fit.anchors]
    last, seconds = points[-1]
    rest = math.ceil((duration - seconds) * fit.tempo / 60 - 1e-9)
    if rest > 0:
        points.append((last + rest, seconds + rest * 60 / fit.tempo))
    return Plan(duration, tuple(points), fit.bars, beat, feel)


def chord_beats(chords: int, beats: int) -> list[int]:
    """The beats of a bar at which its chords begin, counted from 0.

    The chords share the bar in whole beats; there are no more of them than beats.
    """
    return [math.ceil(place * beats / chords) for place in range(chords)]


def phrase_lines(plan: Plan) -> tuple[int, ...]:
    """The beats at which the phrases begin."""
    return tuple(plan.bar_line(phrase.bar) for phrase in plan.phrases)


def mean_density(plan: Plan) -> float:
    """The notes a second that a plan asks for, over the whole film."""
    starts = [plan.seconds_at(plan.bar_line(phrase.bar)) for phrase in plan.phrases]
    spans = [end - start for start, end in pairwise([*starts, plan.duration])]
    notes = sum(p.density * span for p, span in zip(plan.phrases, spans, strict=True))
    return notes / plan.duration
