"""A user's theme: what it asks of the plan, and where the piece states it.

The piece begins with the theme. It comes again wherever the plan repeats its first phrase. Bar by
bar the theme's notes go to bars of the plan, so they fit any tempo.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from engine.errors import EmsyncError
from engine.music.conditions import KEYS, parse_key
from engine.music.vocabulary import HIGHEST_PITCH, LOWEST_PITCH
from engine.plan.form import first_mood
from engine.plan.plan import TIME_SIGNATURES, Phrase, Plan
from engine.plan.plan_options import PlanOptions
from engine.plan.theme_harmony import harmonised
from engine.plan.theme_key import melody_key
from engine.score import Instrument, Note

MOST_BARS = 16
"""The longest theme, in bars."""


@dataclass(frozen=True)
class Theme:
    """A theme for one part.

    part: who plays it. notes: by onset, with onset and end in quarter notes from its first bar
    line. tempo: quarter notes a minute. time_signature: a key of ``plan.TIME_SIGNATURES``.

    Raises EmsyncError for a theme without notes, or one that is too long.
    """

    part: Instrument
    notes: tuple[Note, ...]
    tempo: float
    time_signature: str = "4/4"

    def __post_init__(self) -> None:
        if self.time_signature not in TIME_SIGNATURES:
            raise EmsyncError(
                f"theme: time signature {self.time_signature}; choose from "
                f"{', '.join(TIME_SIGNATURES)}"
            )
        if not self.notes:
            raise EmsyncError("theme: has no notes; give a track with some")
        if self.bars > MOST_BARS:
            raise EmsyncError(
                f"theme: has {self.bars} bars; give the first {MOST_BARS} bars or fewer"
            )

    @property
    def bar(self) -> float:
        """Quarter notes of a bar."""
        top, bottom = map(int, self.time_signature.split("/"))
        return 4 * top / bottom

    @property
    def bars(self) -> int:
        """How many bars it has."""
        return int(self.notes[-1].onset / self.bar + 1e-6) + 1

    @cached_property
    def key(self) -> float:
        """Its key, an index into ``conditions.KEYS``; NaN if it has none that is clear."""
        if self.part is Instrument.DRUMS:
            return float("nan")
        return melody_key(self.notes)

    def transposed(self, semitones: int) -> Theme:
        """The theme this much higher; by octaves back into the range of pitches."""
        if self.part is Instrument.DRUMS or not semitones:
            return self
        pitches = [note.pitch + semitones for note in self.notes]
        while max(pitches) > HIGHEST_PITCH:
            pitches = [pitch - 12 for pitch in pitches]
        while min(pitches) < LOWEST_PITCH:
            pitches = [pitch + 12 for pitch in pitches]
        notes = (replace(n, pitch=p) for n, p in zip(self.notes, pitches, strict=True))
        return replace(self, notes=tuple(notes))

    def of_bar(self, number: int) -> tuple[Note, ...]:
        """The notes that begin in a bar, counted from 0; quarter notes from its bar line."""
        start = number * self.bar
        return tuple(
            replace(note, onset=note.onset - start, end=note.end - start)
            for note in self.notes
            if start - 1e-6 <= note.onset < start + self.bar - 1e-6
        )


def with_theme(options: PlanOptions, theme: Theme) -> tuple[PlanOptions, Theme]:
    """Options of a plan with the theme's tempo, time signature and key, unless they have others.

    Returns the theme too, in the key that was asked for. Raises EmsyncError where the instruments
    lack the one that plays the theme.
    """
    if options.tempo_map is None:
        options = replace(
            options,
            bpm=theme.tempo if options.bpm is None else options.bpm,
            time_signature=options.time_signature or theme.time_signature,
        )
    if theme.part not in options.instruments:
        raise EmsyncError(f"theme: {theme.part.value} plays it; name it among the instruments")
    if options.chords or theme.key != theme.key:
        return options, theme
    if options.key is None:
        return replace(options, key=KEYS[int(theme.key)]), theme
    tonic, own = (int(key) % 12 for key in (parse_key(options.key), theme.key))
    return options, theme.transposed((tonic - own + 6) % 12 - 6)


@dataclass(frozen=True, slots=True)
class Statement:
    """Bars that state the theme from its beginning. bar: the first, counted from 1."""

    bar: int
    bars: int


def statements(plan: Plan, theme: Theme) -> list[Statement]:
    """Where a piece states its theme.

    It does so at its start, and in later phrases of the same form and key. In another mood it does
    so in the first phrase that has the same place there. The last chord's bar and what follows are
    no theme.
    """
    until = len(plan.bar_lines()) + 1
    if plan.last_chord is not None:
        until = max(2, plan.bar_at(plan.last_chord))
    found = [Statement(1, min(theme.bars, until - 1))]
    ends = [*(phrase.bar for phrase in plan.phrases[1:]), until]
    stated: set[str] = set()
    for phrase, end in zip(plan.phrases, ends, strict=True):
        first = plan.phrases[0]
        free = phrase.bar >= found[-1].bar + found[-1].bars
        alike = _place(phrase.form) == _place(first.form) and phrase.key == first.key
        again = phrase.form == first.form or phrase.form not in stated
        stated.add(phrase.form)
        if free and alike and again:
            bars = min(theme.bars, end - phrase.bar, until - phrase.bar)
            if bars > 0:
                found.append(Statement(phrase.bar, bars))
    return found


def _place(form: str) -> str:
    """The letter of the first mood with the same place; another text stands for itself."""
    return first_mood(form) if re.fullmatch(r"[A-Z]\d*", form) else form


def _with_room(plan: Plan, theme: Theme) -> Plan:
    """The plan whose first phrase is as long as the theme, where the next has the same form."""
    phrases = plan.phrases
    while len(phrases) > 1 and phrases[1].bar <= theme.bars and _alike(phrases[0], phrases[1]):
        until = phrases[2].bar if len(phrases) > 2 else len(plan.bar_lines()) + 1
        first, following, *rest = phrases
        symbols = tuple(first.chords[n % len(first.chords)] if first.chords else ""
                        for n in range(theme.bars))  # fmt: skip
        first = replace(first, chords=symbols if first.chords else ())
        moved = theme.bars + 1 - following.bar
        if until - following.bar > moved:
            following = replace(
                following, bar=following.bar + moved, chords=following.chords[moved:]
            )
            return replace(plan, phrases=(first, following, *rest))
        phrases = (first, *rest)
    return replace(plan, phrases=phrases)


def _alike(one: Phrase, other: Phrase) -> bool:
    return (one.form, one.key) == (other.form, other.key)


def plan_for_theme(plan: Plan, theme: Theme, harmonise: bool = True) -> Plan:
    """The plan with the theme's player in its bars, and with chords that fit it.

    harmonise: False keeps the plan's chords.
    """
    plan = _with_room(plan, theme) if harmonise else plan
    chords = harmonised(plan, theme.part, [theme.of_bar(n) for n in range(theme.bars)])
    bars: dict[int, int] = {}
    for statement in statements(plan, theme):
        for number in range(statement.bars):
            bars[statement.bar + number] = number
    phrases = []
    ends = [*(phrase.bar for phrase in plan.phrases[1:]), len(plan.bar_lines()) + 1]
    for phrase, end in zip(plan.phrases, ends, strict=True):
        stated = [bar for bar in range(phrase.bar, end) if bar in bars]
        if stated and theme.part not in phrase.instruments:
            both = {*phrase.instruments, theme.part}
            phrase = replace(phrase, instruments=tuple(i for i in Instrument if i in both))
        if stated and phrase.chords and harmonise and chords:
            symbols = [
                chords[bars[bar]]
                if bar in bars
                else phrase.chords[(bar - phrase.bar) % len(phrase.chords)]
                for bar in range(phrase.bar, end)
            ]
            phrase = replace(phrase, chords=tuple(symbols))
        phrases.append(phrase)
    return replace(plan, phrases=tuple(phrases))


def placed(plan: Plan, theme: Theme) -> Iterator[tuple[float, float, tuple[Note, ...]]]:
    """Start and end of each bar that states the theme, in seconds, and its notes.

    Notes that lie beyond a shorter bar are left out. None lasts beyond a statement.
    """
    for statement in statements(plan, theme):
        last = plan.bar_line(statement.bar + statement.bars)
        for number in range(statement.bars):
            line = plan.bar_line(statement.bar + number)
            beats = plan.bar_line(statement.bar + number + 1) - line
            notes = []
            for note in theme.of_bar(number):
                onset, end = (line + at / plan.quarters for at in (note.onset, note.end))
                if onset < line + beats - 1e-6:
                    seconds = plan.seconds_at(onset), plan.seconds_at(min(end, last))
                    end_at = min(seconds[1], plan.duration)
                    notes.append(replace(note, onset=seconds[0], end=end_at))
            end_of_bar = min(plan.seconds_at(line + beats), plan.duration)
            yield plan.seconds_at(line), end_of_bar, tuple(notes)
